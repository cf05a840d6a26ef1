// Stands for a resolver that gives the gateway's address for vendor hosts: connections to port 443 go to the listener
// that answers as the vendor. Nothing else of the app's TLS changes: it names and checks the vendor's host.
import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';

const { connect } = tls;
const port = Number(process.env.TLS_PORT);
tls.connect = function (...parameters) {
  const options = parameters.find((one) => typeof one === 'object' && one !== null);
  if (options === undefined || options.socket || Number(options.port) !== 443)
    return connect.apply(this, parameters);
  const callback = parameters.find((one) => typeof one === 'function');
  const servername = options.servername || options.host;
  return connect.call(this, { ...options, host: '127.0.0.1', port, servername, path: undefined }, callback);
};
syncBuiltinESMExports();
