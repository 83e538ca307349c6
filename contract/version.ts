/** The package's version, as a constant: the build output and the sources lie at different depths from package.json. */
export const VERSION = '0.1.0';
