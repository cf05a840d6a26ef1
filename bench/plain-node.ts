import { createServer } from 'node:http';
import { sample } from './request.ts';

/** The floor of every Node gateway: reads the request and answers it itself. */
const port = Number(process.argv[2]);
const answer = sample.answer.replaceAll('$request_id', '0123456789abcdef0123456789abcdef');
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };

createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(201, headers);
    response.end(answer);
  });
}).listen(port, '127.0.0.1');
