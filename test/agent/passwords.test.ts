import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Passwords, readSecret } from '../../src/agent/program/passwords.js';
import { temporary } from './support/engine.js';

function secretOf(content: string | Buffer) {
  const path = join(temporary(), 'password');
  writeFileSync(path, content);
  return readSecret(path);
}

describe("the Secret's file", () => {
  it.each(['simple', ` it's "quoted" \\n # $HOME `, 'pässwörd→'])('holds the password %s', (password) => {
    expect(secretOf(password)).toEqual({ value: password });
  });

  it.each([
    ['nothing', '', "the Secret's value is empty"],
    ['two lines', 'one\ntwo', 'holds a line break'],
    ['a line break at its end', 'secret\n', "a trailing one comes from 'echo'"],
    ['a control character', 'a\u007fb', 'control character'],
    ['bytes that are no text', Buffer.from([0x61, 0xff]), 'not UTF-8'],
  ])('with %s holds no password', (_, content, fault) => {
    expect(secretOf(content).value).toBeUndefined();
    expect(secretOf(content).fault).toContain(fault);
  });

  it('may not be there yet', () => {
    expect(readSecret('/nowhere/password')).toMatchObject({ missing: true });
  });
});

describe('the passwords in force', () => {
  it('are those of the Secret at first, and then those of the pod, whatever the Secret holds', () => {
    const runDir = temporary();
    expect(Passwords.load(runDir, { fault: 'missing' })).toBeUndefined();
    expect(Passwords.load(runDir, { value: 'first' })?.used).toBe('first');
    expect(Passwords.load(runDir, { value: 'second' })).toMatchObject({ used: 'first', accepted: undefined });
    expect(Passwords.load(runDir, { fault: 'missing' })?.used).toBe('first');
  });

  it('are two while the password is changed, kept for the next agent and for nobody else to read', () => {
    const runDir = temporary();
    Passwords.load(runDir, { value: 'old' })?.putInForce('new', 'old');
    expect(Passwords.load(runDir, { value: 'x' })).toMatchObject({ used: 'new', accepted: 'old' });
    expect(readFileSync(join(runDir, 'passwords'), 'utf8')).toBe('new\nold\n');
    expect(statSync(join(runDir, 'passwords')).mode & 0o777).toBe(0o600);
  });

  it('stay as they were where they cannot be written down', () => {
    const runDir = join(temporary(), 'run');
    mkdirSync(runDir);
    const passwords = Passwords.load(runDir, { value: 'old' }) as Passwords;
    rmSync(runDir, { recursive: true });
    expect(() => passwords.putInForce('new', 'old')).toThrow();
    expect(passwords.used).toBe('old');
  });

  it('are blotted out of what a server quotes', () => {
    const passwords = Passwords.load(temporary(), { value: 's3cret' });
    expect(passwords?.redacted("ERR unknown command 'AUTH', with args beginning with: 's3cret'")).not.toContain(
      's3cret',
    );
  });
});
