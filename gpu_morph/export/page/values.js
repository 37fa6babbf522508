// Values: those of the recording at the vertices, for each time. See value_codes.py and data/value_map.py.

const HIGHLIGHTED = 3.4028234663852886e38; // as in scene/colormaps.py
const NOT_RECORDED = -1, IS_HIGHLIGHTED = -2; // as in render/vertex_values.py

class Values {
  constructor({ codes, knots, colored, missing, maps }, sources, arrays) {
    this.maps = maps;
    this.codes = arrays.get(codes);
    this.nColumns = codes.columns;
    this.nRows = codes.rows;
    this.decoded = decodingTable(knots, colored, missing);
    this.before = arrays.get(sources.before);
    this.after = arrays.get(sources.after);
    this.weight = arrays.get(sources.weight);
    this.shown = new Float32Array(this.before.length);
  }

  // Values of all vertices at time number k.
  at(k) {
    const { shown } = this;
    for (let i = 0; i < shown.length; i++) shown[i] = this.ofVertex(i, k);
    return shown;
  }

  ofVertex(i, k) {
    const before = this.before[i];
    if (before < 0) return before === IS_HIGHLIGHTED ? HIGHLIGHTED : NaN;
    const row = Math.min(k, this.nRows - 1) * this.nColumns;
    const first = this.decoded[this.codes[row + before]], second = this.decoded[this.codes[row + this.after[i]]];
    if (first !== first || second !== second) return this.weight[i] < 0.5 ? first : second;
    return first + (second - first) * this.weight[i];
  }

  // The least and the greatest value at time number k; of several colormaps the least and the greatest of one of them.
  range(k, map = 0) {
    const row = Math.min(k, this.nRows - 1) * this.nColumns, isOne = !this.maps.length;
    let low = Infinity, high = -Infinity;
    for (let i = row; i < row + this.nColumns; i++) {
      const value = this.decoded[this.codes[i]];
      if (!isOne && Math.floor(value) !== map) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }

  // The colormap of a value, or null if it stands for nothing; and the value that was recorded.
  quantity(value) {
    const map = this.maps[Math.floor(value)];
    if (!map) return null;
    const { values } = map, at = (value - Math.floor(value)) * (values.length - 1), k = Math.floor(at);
    return { map, value: values[k] + (at - k) * (values[k + 1] - values[k]) };
  }
}

// The value of each code. Codes of colours stay within the values of the colours' ends.
function decodingTable({ codes, values }, [first, last], missing) {
  const table = new Float32Array(missing + 1).fill(NaN);
  let knot = 0;
  for (let code = 0; code < missing; code++) {
    while (knot < codes.length - 2 && code > codes[knot + 1]) knot++;
    const fraction = Math.min(Math.max((code - codes[knot]) / (codes[knot + 1] - codes[knot] || 1), 0), 1);
    table[code] = values[knot] + fraction * (values[knot + 1] - values[knot]);
  }
  const low = Math.fround(values[codes.indexOf(first)]), high = Math.fround(values[codes.lastIndexOf(last)]);
  for (let code = first; code <= last; code++) table[code] = Math.min(Math.max(table[code], low), high);
  return table;
}
