import { App } from './app.js';

const root = document.getElementById('simulator');
if (root) new App(root);
