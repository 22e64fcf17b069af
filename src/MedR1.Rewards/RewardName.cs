namespace MedR1.Rewards;

/// <summary>The name of a reward that has a usual one: two of a kind in one training need two names.</summary>
internal static class RewardName
{
    /// <summary>The name given, or the usual one.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static string Or(string? name, string usual) => name switch
    {
        null => usual,
        _ when !string.IsNullOrWhiteSpace(name) => name,
        _ => throw new ArgumentException(
            $"The name is '{name}': give the name for logs and metrics, or null for '{usual}'.", nameof(name)),
    };
}
