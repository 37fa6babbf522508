// Arrays: the numbers that packed_arrays.py has packed.

const BITS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

class Arrays {
  constructor(bytes) {
    this.bytes = bytes;
  }

  static async unpack(base64) {
    const binary = atob(base64.trim()), packed = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) packed[i] = binary.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Arrays(new Uint8Array(await new Response(stream).arrayBuffer()));
  }

  // The array of a description: bytes are stored plane by plane, as differences from row to row.
  get({ type, rows, columns, start }) {
    const size = Number(type[1]), n = rows * columns, bits = new BITS[size](n);
    for (let plane = 0; plane < size; plane++) {
      const offset = start + plane * n, shift = 8 * plane;
      for (let i = 0; i < n; i++) bits[i] |= this.bytes[offset + i] << shift;
    }
    for (let i = columns; i < n; i++) bits[i] += bits[i - columns];
    return type === "f4" ? new Float32Array(bits.buffer) : type === "i4" ? new Int32Array(bits.buffer) : bits;
  }
}
