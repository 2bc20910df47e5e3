import Configuration
import Gateway

/// The configuration file and the provider files, from the options `--config` and `--providers`.
struct ConfigurationFiles {
  private let config: String
  private let providers: ProviderFolder

  init(_ arguments: inout Arguments) throws(UsageError) {
    config = try arguments.option("--config") ?? "config.yaml"
    providers = try ProviderFolder(&arguments, config: config)
  }

  /// Creates the watcher that reloads these files. `configuration` is the result of `load`.
  func watcher(of gateway: Gateway, _ configuration: Configuration) -> ConfigurationWatcher {
    ConfigurationWatcher(gateway, configuration, config: config, providers: providers.path, files: providers.files)
  }

  /// Loads the configuration and prints its warnings, or prints all errors and returns nil.
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
