using System.CommandLine;

namespace MedR1.Samples;

/// <summary>Rules for options, held before anything runs.</summary>
internal static class OptionRules
{
    /// <summary>Refuses numbers below the least.</summary>
    public static void AtLeast(int least, params IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            option.Validators.Add(result =>
            {
                // What is no number is told by the parser; asking for its value would throw.
                if (result.Tokens is [.., var last] && int.TryParse(last.Value, out int count) && count < least)
                {
                    result.AddError($"{option.Name} is {count}, but must be at least {least}.");
                }
            });
        }
    }

    /// <summary>Refuses folders that are not there; left out, there is none to look for.</summary>
    public static void ExistingFolder(params IEnumerable<Option<DirectoryInfo?>> options)
    {
        foreach (Option<DirectoryInfo?> option in options)
        {
            option!.AcceptExistingOnly();
        }
    }

    /// <summary>Refuses texts in which there is a mistake.</summary>
    public static void Without(Func<string, string?> mistakeIn, Option<string> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [.., var last] && mistakeIn(last.Value) is string mistake)
        {
            result.AddError(mistake);
        }
    });
}
