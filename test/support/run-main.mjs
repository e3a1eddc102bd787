// node run-main.mjs FOLDER …: runs `main` of test/FOLDER/main.ts, a benchmark on the cluster that the environment names
// (test/cluster/support/environment.ts lists it all; KUBECONFIG is enough where nodes can pull images). main.ts tells the rest.
import { createViteServer } from 'vitest/node';
import { root, viteAssets } from '../../src/build/asset-plugins.mjs';

const [folder, ...args] = process.argv.slice(2);
const server = await createViteServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
  plugins: [viteAssets()],
});
try {
  const { main } = await server.ssrLoadModule(`/test/${folder}/main.ts`);
  process.exitCode = await main(args);
} catch (error) {
  console.error(`${folder}: ${error.stack ?? error}`);
  process.exitCode = 2;
} finally {
  await server.close();
}
