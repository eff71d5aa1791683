/// Martlet's own version, shown by `--version`, the health routes and `/openapi.json`.
public enum Version {
    public static let text = "0.1.0"
}
