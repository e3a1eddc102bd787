/** A number that the environment gives. @throws where it is none */
export function numbered(variable: string, otherwise: number): number {
  const number = Number(process.env[variable] ?? otherwise);
  if (!Number.isInteger(number) || number < 0) {
    throw new Error(`${variable} must be a whole number from 0, got '${process.env[variable]}'`);
  }
  return number;
}
