import { promises } from './support/tls-renewal.js';

promises('redis');
