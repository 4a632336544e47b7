// Reads and writes Arrow data with npm's apache-arrow.
//   node arrow.cjs read FILE            prints columns, types and rows of a file or a stream as JSON
//   node arrow.cjs write file|stream    writes JSON columns of standard input (lists and numbers) to standard output
'use strict';
const arrow = require('apache-arrow');
const fs = require('fs');

function plain(value) {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : value;
  if (value[Symbol.iterator]) return Array.from(value, plain);
  return String(value);
}

const [command, argument] = process.argv.slice(2);
if (command === 'read') {
  const table = arrow.tableFromIPC(fs.readFileSync(argument));
  const columns = {};
  const types = {};
  for (const field of table.schema.fields) {
    types[field.name] = String(field.type);
    columns[field.name] = Array.from(table.getChild(field.name), plain);
  }
  console.log(JSON.stringify({ rows: table.numRows, types, columns }));
} else {
  const input = JSON.parse(fs.readFileSync(0, 'utf8'));
  const list = new arrow.List(new arrow.Field('item', new arrow.Float32(), true));
  const columns = {};
  for (const [name, values] of Object.entries(input))
    columns[name] = Array.isArray(values[0]) ? arrow.vectorFromArray(values, list) : arrow.vectorFromArray(values, new arrow.Int32());
  fs.writeSync(1, arrow.tableToIPC(new arrow.Table(columns), argument));
}
