import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import { startTheme } from './app/theme.js';
import './ui/ui.css';
import './app/shell.css';

startTheme();
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
