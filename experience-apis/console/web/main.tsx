import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { beginSession } from './auth/session-store.js';
import { startTheme } from './app/theme.js';
import './ui/ui.css';
import './app/shell.css';

startTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element "root"');
// First: the router reads the address that signing in leaves behind.
await beginSession();
const { App } = await import('./app/app.js');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
