// Writes random conversations in TRL's layout: rows.jsonl (images as hexadecimal numbers), and the same rows by two writers of Parquet.
//
//     npm install @duckdb/node-api@1.5.6-r.1 parquet-wasm@0.8.0 apache-arrow@21.2.0
//     node write.mjs
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import * as parquet from 'parquet-wasm';

const TEXTS = ['CT?', 'Is it\n', ' benign', 'MRI', 'x', 'Ünï', 'a "quoted" word', 'line\nbreak', '😀'];
let seed = 7;

function random(count) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor(seed / 65536) % count;
}

function makeRow(_, row) {
  const images = [];
  const part = turn => {
    if (turn % 2 === 1 || random(3) > 0) {
      return { type: 'text', text: TEXTS[random(TEXTS.length)] };
    }

    const bytes = Array.from({ length: 4 + random(40) }, () => random(256).toString(16).padStart(2, '0')).join('');
    images.push({ bytes, path: random(4) === 0 ? null : `${row}-${images.length}.png` });
    return { type: 'image', text: null };
  };
  const messages = Array.from({ length: random(5) }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: Array.from({ length: random(4) }, () => part(turn)),
  }));
  return { messages, images, level: random(3) === 0 ? null : random(9) };
}

async function writeByDuckDB() {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`
    COPY (
      SELECT messages, list_transform(images, image -> {'bytes': unhex(image.bytes), 'path': image.path}) AS images, level
      FROM read_json('rows.jsonl', format = 'newline_delimited', columns = {
        messages: 'STRUCT("role" VARCHAR, "content" STRUCT("type" VARCHAR, "text" VARCHAR)[])[]',
        images: 'STRUCT("bytes" VARCHAR, "path" VARCHAR)[]', level: 'INTEGER'}))
    TO 'duckdb.parquet' (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)`);
}

function writeByArrow(rows) {
  const list = type => new arrow.List(new arrow.Field('item', type, true));
  const struct = fields => new arrow.Struct(Object.entries(fields).map(([name, type]) => new arrow.Field(name, type, true)));
  const text = new arrow.Utf8();
  const messages = list(struct({ role: text, content: list(struct({ type: text, text })) }));
  const images = list(struct({ bytes: new arrow.Binary(), path: text }));
  const table = new arrow.Table({
    messages: arrow.vectorFromArray(rows.map(row => row.messages), messages),
    images: arrow.vectorFromArray(
      rows.map(row => row.images.map(image => ({ ...image, bytes: Uint8Array.from(Buffer.from(image.bytes, 'hex')) }))), images),
    level: arrow.vectorFromArray(rows.map(row => row.level), new arrow.Int32()),
  });
  // Pages and groups of few rows, so that rows begin in the middle of both.
  const properties = new parquet.WriterPropertiesBuilder().setWriterVersion(parquet.WriterVersion.V2)
    .setCompression(parquet.Compression.SNAPPY).setMaxRowGroupSize(16).setDataPageSizeLimit(200).build();
  fs.writeFileSync(
    'arrow-rs.parquet', parquet.writeParquet(parquet.Table.fromIPCStream(arrow.tableToIPC(table, 'stream')), properties));
}

const rows = Array.from({ length: 40 }, makeRow);
fs.writeFileSync('rows.jsonl', rows.map(row => JSON.stringify(row) + '\n').join(''));
await writeByDuckDB();
writeByArrow(rows);
