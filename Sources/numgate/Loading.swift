import Configuration

/// Reads the configuration or prints everything that is wrong with it.
func loadConfiguration(_ path: String) -> Configuration? {
  do throws(ConfigurationError) {
    let configuration = try ConfigurationLoader.load(path)
    for warning in configuration.warnings { Terminal.error(warning.description) }
    return configuration
  } catch {
    for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
    return nil
  }
}
