namespace MedR1.Rewards;

/// <summary>
/// Chooses the name of a reward that has a default name: two rewards of the same kind in one training run need different names.
/// </summary>
internal static class RewardName
{
    /// <summary>The given name, or the default if it is null.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static string Or(string? name, string usual) => name switch
    {
        null => usual,
        _ when !string.IsNullOrWhiteSpace(name) => name,
        _ => throw new ArgumentException(
            $"The name is '{name}': give the name for logs and metrics, or null for '{usual}'.", nameof(name)),
    };
}
