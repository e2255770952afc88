// A national part in Node.js: Apache's and Hazelcast's own clients, at a cluster of this machine.
// Arguments: ignite|hazelcast, port, the cache's name; then one request a line:
// {"key": …, "message": …} puts, {"key": …} takes. Answers {"message": …} on a line.
'use strict';

const readline = require('readline');
const [kind, port, name] = process.argv.slice(2);

async function ignite() {
  const Ignite = require('apache-ignite-client');
  const client = new Ignite();
  await client.connect(new Ignite.IgniteClientConfiguration(`127.0.0.1:${port}`));
  const text = Ignite.ObjectType.PRIMITIVE_TYPE.STRING;
  const cache = client.getCache(name).setKeyType(text).setValueType(text);
  return {
    put: (key, message) => cache.put(key, message),
    take: (key) => cache.getAndRemove(key),
    end: async () => client.disconnect(),
  };
}

async function hazelcast() {
  const { Client } = require('hazelcast-client');
  const client = await Client.newHazelcastClient({
    clusterName: 'specificCommunication',
    network: { clusterMembers: [`127.0.0.1:${port}`] },
    properties: { 'hazelcast.logging.level': 'OFF' },
  });
  const map = await client.getMap(name);
  return {
    put: (key, message) => map.put(key, message, 420000),
    take: (key) => map.remove(key),
    end: () => client.shutdown(),
  };
}

async function main() {
  const part = await { ignite, hazelcast }[kind]();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { key, message } = JSON.parse(line);
    const found = message === undefined ? await part.take(key) : await part.put(key, message);
    process.stdout.write(JSON.stringify({ message: message === undefined ? found : null }) + '\n');
  }
  await part.end();
}

main();
