import Configuration

/// `config.yaml`: every text is either loaded, or rejected with at least one diagnostic.
let configuration = FuzzTarget(name: "config") { input in
  do throws(ConfigurationError) {
    _ = try ConfigurationLoader.load(
      "config.yaml", files: Repository.files(replacing: "config.yaml", with: Array(input)))
  } catch {
    require(!error.diagnostics.isEmpty, "an error has at least one diagnostic")
  }
}

/// A provider file: as above.
let provider = FuzzTarget(name: "provider") { input in
  do throws(ConfigurationError) {
    _ = try ConfigurationLoader.loadProvider(
      "providers/fuzzed.yaml", files: Repository.files(replacing: "providers/fuzzed.yaml", with: Array(input)))
  } catch {
    require(!error.diagnostics.isEmpty, "an error has at least one diagnostic")
  }
}
