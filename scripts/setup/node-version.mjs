// Imported first by every entry point: what follows needs the built-ins of Node 18.
const [major] = process.versions.node.split('.').map(Number);
if (major < 18) {
  console.error(`TinyLab's set-up needs Node 18 or newer; this is ${process.version}.`);
  console.error('  To mend it: sudo apt-get install -y nodejs npm   (or https://nodejs.org)');
  process.exit(1);
}
