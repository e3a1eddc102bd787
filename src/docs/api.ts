import { dirname, join } from 'node:path';
import ts from 'typescript5';

/** A name that `src/index.ts` gives away, with what its docstring says. */
export interface ApiSymbol extends Documented {
  readonly kind: 'class' | 'interface' | 'type' | 'function' | 'constant';
  /** What it is: of a type or a function, in TypeScript. */
  readonly signature?: string;
  /** What can be reached from outside, but nothing inherited from cdk8s. */
  readonly members: readonly ApiMember[];
}

export interface ApiMember extends Documented {
  readonly signature: string;
  readonly optional: boolean;
}

interface Documented {
  readonly name: string;
  /** The docstring without its tags; empty: there is none. */
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

/** @param root folder of the repository */
export function librarySymbols(root: string): ApiSymbol[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const index = join(root, 'src/index.ts');
  const program = ts.createProgram([index, join(root, 'src/build/assets.d.ts')], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${index} exports nothing`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .map((symbol) => describe(symbol, checker, dirname(index)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(symbol: ts.Symbol, checker: ts.TypeChecker, sources: string): ApiSymbol {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
  const documented = documentation(symbol, checker);
  if (ts.isClassDeclaration(declaration)) {
    const statics = checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol));
    const own = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
    const members = [
      ...declaration.members
        .filter(ts.isConstructorDeclaration)
        .filter(isPublic)
        .map((each) => constructorOf(each, symbol, checker)),
      ...[...statics, ...own].flatMap((member) => memberOf(member, checker, sources)),
    ];
    return { ...documented, kind: 'class', members };
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    const own = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
    return { ...documented, kind: 'interface', members: own.flatMap((member) => memberOf(member, checker, sources)) };
  }
  const kind = ts.isTypeAliasDeclaration(declaration)
    ? 'type'
    : ts.isFunctionDeclaration(declaration)
      ? 'function'
      : 'constant';
  return { ...documented, kind, signature: signatureOf(declaration, symbol.name, checker), members: [] };
}

function memberOf(symbol: ts.Symbol, checker: ts.TypeChecker, sources: string): ApiMember[] {
  const [declaration] = symbol.declarations ?? [];
  if (!declaration?.getSourceFile().fileName.startsWith(sources) || !isPublic(declaration)) return [];
  const isStatic = ts.canHaveModifiers(declaration) && hasModifier(declaration, ts.SyntaxKind.StaticKeyword);
  const name = `${isStatic ? 'static ' : ''}${symbol.name}`;
  const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  return [
    { ...documentation(symbol, checker), name, optional, signature: signatureOf(declaration, symbol.name, checker) },
  ];
}

function constructorOf(declaration: ts.ConstructorDeclaration, symbol: ts.Symbol, checker: ts.TypeChecker): ApiMember {
  const signature = checker.getSignatureFromDeclaration(declaration);
  const text = ts.displayPartsToString(signature?.getDocumentationComment(checker));
  const tags = (signature?.getJsDocTags() ?? []).map(tagOf);
  // It says the same as its class, unless it says more.
  const said = text === '' && documentation(symbol, checker).text !== '' ? 'See above.' : text;
  return {
    text: said,
    tags,
    name: 'constructor',
    optional: false,
    signature: `new ${symbol.name}${parametersOf(declaration)}`,
  };
}

function isPublic(declaration: ts.Declaration): boolean {
  if (!ts.canHaveModifiers(declaration)) return true;
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  return !hidden.some((kind) => hasModifier(declaration, kind)) && !ts.getJSDocTags(declaration).some(isInternal);
}

function isInternal({ tagName }: ts.JSDocTag): boolean {
  return tagName.text === 'internal';
}

function hasModifier(declaration: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return (ts.getModifiers(declaration) ?? []).some((modifier) => modifier.kind === kind);
}

function documentation(symbol: ts.Symbol, checker: ts.TypeChecker): Documented {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return { name: symbol.name, text, tags: symbol.getJsDocTags(checker).map(tagOf) };
}

function tagOf({ name, text }: ts.JSDocTagInfo) {
  return { name, text: ts.displayPartsToString(text) };
}

/** As the source has it, in one line. */
function signatureOf(declaration: ts.Declaration, name: string, checker: ts.TypeChecker): string {
  if (ts.isTypeAliasDeclaration(declaration)) return oneLine(`type ${name} = ${declaration.type.getText()}`);
  if (ts.isFunctionLike(declaration)) {
    const { type } = declaration;
    return oneLine(`${name}${parametersOf(declaration)}${type ? `: ${type.getText()}` : ''}`);
  }
  const typed = declaration as { questionToken?: unknown; type?: ts.TypeNode };
  const type =
    typed.type?.getText() ?? checker.typeToString(checker.getTypeAtLocation(declaration), declaration, FORMAT);
  return oneLine(`${name}${typed.questionToken ? '?' : ''}: ${type}`);
}

const FORMAT = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;

function parametersOf(declaration: ts.SignatureDeclaration): string {
  return oneLine(`(${declaration.parameters.map((each) => each.getText()).join(', ')})`);
}

function oneLine(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
