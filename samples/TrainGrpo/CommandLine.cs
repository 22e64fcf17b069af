namespace MedR1.Samples.TrainGrpo;

/// <summary>Finds mistakes that the command-line configuration ignores silently.</summary>
internal static class CommandLine
{
    private static readonly string[] AskingForHelp = ["--help", "-h", "-?"];

    public static bool AsksForHelp(IReadOnlyList<string> arguments) => arguments.Any(AskingForHelp.Contains);

    /// <exception cref="ArgumentException">A word belongs to no setting, or a setting has no value.</exception>
    public static void Check(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{arguments[i]}' is not a setting: use --Name value, as listed by --help.");
            }

            if (arguments[i].Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            i++;
            if (i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"{arguments[i - 1]} has no value.");
            }
        }
    }
}
