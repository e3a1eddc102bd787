import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../src/agent/program/accounts.js';
import { Connection } from '../../../src/client/connection.js';
import { type RightsProps, serverUsers } from '../../../src/topology/rights.js';
import { freshAddress } from '../../agent/support/addresses.js';
import { hasEngine, PORT, startServer, temporary } from '../../agent/support/engine.js';
import { until } from '../../agent/support/wait.js';

const LOGIN = { user: 'shop', password: 'shop’s "own"' };

describe.each(['redis', 'valkey'] as const)('with %s', (engine) => {
  it.skipIf(!hasEngine(engine))(
    'transactions outlive a crash although nobody can log in as the default user',
    async () => {
      const host = freshAddress();
      const dir = temporary();
      const config = join(dir, 'server.conf');
      const rights: RightsProps = { users: [{ name: 'shop' }], defaultUser: 'closed', engine };
      // As the agent renders it.
      const users = serverUsers(rights).replace('user shop ', `user shop on #${hashOf(LOGIN.password)} `);
      writeFileSync(config, `bind ${host}\nport ${PORT}\ndir ${dir}\nappendonly yes\nappendfsync always\n${users}`);

      const told = async (...commands: string[][]) => {
        const server = await startServer({ engine, host, config, atOnce: true });
        let connection = Connection.open({ host, port: PORT, ...LOGIN });
        await until(async () => {
          if (connection.state === 'closed') connection = Connection.open({ host, port: PORT, ...LOGIN });
          // It lets its users in while it still reads its file.
          return (await connection.ready).kind === 'reply' && (await connection.send(['PING'], 2000)).kind === 'reply';
        }, `${engine} has read its file, and lets its user in`);
        const outcomes = await Promise.all(commands.map((command) => connection.send(command, 2000)));
        connection.close();
        await server.kill();
        return outcomes.at(-1);
      };
      await told(['MULTI'], ['SET', 'a', '1'], ['SET', 'b', '2'], ['EXEC']);
      expect(await told(['MGET', 'a', 'b'])).toEqual({ kind: 'reply', reply: ['1', '2'] });
    },
  );
});
