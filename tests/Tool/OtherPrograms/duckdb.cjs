// Reads and writes Parquet files with npm's @duckdb/node-api.
//   node duckdb.cjs read FILE     prints the rows of each column as JSON
//   node duckdb.cjs copy FROM TO  writes the rows of a file to another, as DuckDB writes them
'use strict';
const { DuckDBInstance } = require('@duckdb/node-api');

const [command, file, target] = process.argv.slice(2);
const quote = text => `'${text.replace(/'/g, "''")}'`;
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  if (command === 'read') {
    const reader = await connection.runAndReadAll(`SELECT * FROM ${quote(file)}`);
    console.log(JSON.stringify({ rows: reader.currentRowCount, columns: reader.getColumnsObjectJson() }));
  } else {
    await connection.run(`COPY (SELECT * FROM ${quote(file)}) TO ${quote(target)} (FORMAT parquet)`);
  }
})();
