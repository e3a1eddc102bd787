import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Certificate,
  type Demands,
  isOf,
  type MountedCertificate,
  readCertificate,
} from '../../src/agent/program/certificate.js';
import { Authority, contentOf } from '../../src/rehearsal/certificates.js';
import { hasOpenssl } from '../support/openssl.js';
import { temporary } from './support/engine.js';

const HOST = 'cache-0.shop.svc.cluster.local';
const DAY_MS = 86_400_000;

describe.skipIf(!hasOpenssl())('a mounted certificate (needs openssl)', () => {
  const authority = new Authority('ours');
  const other = new Authority('another');
  const good = contentOf(authority.issue({ names: [`DNS:${HOST}`, 'IP:127.0.0.1'] }));
  const stranger = contentOf(other.issue({ names: [`DNS:${HOST}`] }));
  const serverOnly = contentOf(authority.issue({ names: [`DNS:${HOST}`], usage: 'serverAuth' }));
  const clientOnly = contentOf(authority.issue({ names: [`DNS:${HOST}`], usage: 'clientAuth' }));
  const wildcard = contentOf(authority.issue({ names: ['DNS:*.shop.svc.cluster.local'] }));

  function read(files: Readonly<Record<string, string>>, demands: Partial<Demands> = {}): MountedCertificate {
    const dir = temporary();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    return readCertificate(dir, { host: HOST, asClient: false, now: Date.now(), ...demands });
  }

  const without = (file: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== file));
  const swapped = (file: string, text: string) => ({ ...good, [file]: text });
  const cut = (text: string) => text.replace(/^(.+\n.{20})[\s\S]*(\n-----END)/, '$1$2');

  it.each<[string, Record<string, string>, Partial<Demands>, string | RegExp]>([
    ['is not there', {}, {}, /tls\.crt is not there; make the Secret/],
    ['lacks its key', without('tls.key'), {}, /tls\.key is not there/],
    ['lacks its authorities', without('ca.crt'), {}, /ca\.crt is not there/],
    ['has no authorities, as ACME leaves them', swapped('ca.crt', ''), {}, 'ca.crt holds no certificate in PEM'],
    ['is empty', swapped('tls.crt', ''), {}, 'tls.crt holds no certificate in PEM'],
    ['is something else', swapped('tls.crt', 'hello'), {}, 'tls.crt holds no certificate in PEM'],
    ['is damaged', swapped('tls.crt', cut(good['tls.crt'] as string)), {}, 'certificate 1 of tls.crt is damaged'],
    [
      'has damaged authorities',
      swapped('ca.crt', cut(good['ca.crt'] as string)),
      {},
      'certificate 1 of ca.crt is damaged',
    ],
    [
      'has something else for a key',
      swapped('tls.key', good['tls.crt'] as string),
      {},
      'tls.key holds no private key in PEM',
    ],
    ['has an empty key', swapped('tls.key', ''), {}, 'tls.key holds no private key in PEM'],
    [
      'has a key with a passphrase',
      swapped('tls.key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n'),
      {},
      'tls.key has a passphrase',
    ],
    [
      'has the key of another',
      swapped('tls.key', stranger['tls.key'] as string),
      {},
      'tls.key is not the key of the certificate',
    ],
    [
      'was signed by another authority',
      swapped('ca.crt', stranger['ca.crt'] as string),
      {},
      'no authority in ca.crt has signed',
    ],
    ['has expired', good, { now: Date.now() + 31 * DAY_MS }, /has expired, on \d{4}-\d\d-\d\dT/],
    ['is not valid yet', good, { now: Date.now() - DAY_MS }, /is not valid before \d{4}-\d\d-\d\dT/],
    [
      'does not hold the name',
      good,
      { host: 'cache-1.shop.svc.cluster.local' },
      /does not hold the name cache-1.*it holds DNS:cache-0/,
    ],
    ['does not hold the address', good, { host: '127.0.0.2' }, 'does not hold the name 127.0.0.2'],
    ['is a client’s alone', clientOnly, {}, 'extendedKeyUsage serverAuth'],
    ['may be no client’s where one is demanded', serverOnly, { asClient: true }, 'extendedKeyUsage clientAuth'],
  ])('that %s is refused, with the reason', (_, files, demands, says) => {
    const { value, fault } = read(files, demands);
    expect(value).toBeUndefined();
    expect(fault).toMatch(says);
    expect(fault).not.toContain('PRIVATE KEY');
  });

  it('that cannot be read is refused with the file and the cause', () => {
    const dir = temporary();
    mkdirSync(join(dir, 'tls.crt'));
    const { fault } = readCertificate(dir, { host: HOST, asClient: false, now: Date.now() });
    expect(fault).toMatch(/tls\.crt cannot be read \(EISDIR\)/);
  });

  it.each<[string, Record<string, string>, Partial<Demands>]>([
    ['holds the name', good, {}],
    ['holds the address', good, { host: '127.0.0.1' }],
    ['holds the name by a wildcard', wildcard, {}],
    ['may be a client’s too', good, { asClient: true }],
    ['is a server’s alone where no other is demanded', serverOnly, {}],
    [
      'has two authorities, as while one takes the other’s place',
      swapped('ca.crt', `${other.certificate}${authority.certificate}`),
      {},
    ],
  ])('that %s is taken', (_, files, demands) => {
    const { value, fault } = read(files, demands);
    expect(fault).toBeUndefined();
    expect(value?.id).toMatch(/^[0-9a-f]{16}$/);
    const days = ((value?.expiresAt ?? 0) - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
  });

  it('is that of the hosts that it holds', () => {
    const { value } = read(good) as { value: Certificate };
    expect([HOST, '127.0.0.1', '127.0.0.2', 'other'].map((host) => isOf(value, host))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('has another id where any of its files is another', () => {
    const ids = [good, wildcard, swapped('ca.crt', `${authority.certificate}${other.certificate}`)].map(
      (files) => read(files).value?.id,
    );
    expect(new Set(ids).size).toBe(3);
  });
});
