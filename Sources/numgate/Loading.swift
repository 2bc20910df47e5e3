import Configuration
import Gateway

/// The configuration file and the provider files, by the options that all commands share.
struct ConfigurationFiles {
  private let config: String
  private let providers: ProviderFolder

  init(_ arguments: inout Arguments) throws(UsageError) {
    config = try arguments.option("--config") ?? "config.yaml"
    providers = try ProviderFolder(&arguments, config: config)
  }

  /// What keeps a gateway to these files; `configuration` is what `load` has made of them.
  func watcher(of gateway: Gateway, _ configuration: Configuration) -> ConfigurationWatcher {
    ConfigurationWatcher(gateway, configuration, config: config, providers: providers.path, files: providers.files)
  }

  /// Reads it, or prints everything that is wrong with it.
  func load() -> Configuration? {
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader.load(config, providers: providers.path, files: providers.files)
      for warning in configuration.warnings { Terminal.error(warning.description) }
      return configuration
    } catch {
      for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
      return nil
    }
  }
}
