using System.CommandLine;

namespace MedR1.Samples;

/// <summary>Rules for options, checked before anything runs.</summary>
internal static class OptionRules
{
    /// <summary>Rejects numbers below a minimum.</summary>
    public static void AtLeast(int least, params IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            option.Validators.Add(result =>
            {
                // The parser reports what is no number; reading its value would throw.
                if (result.Tokens is [.., var last] && int.TryParse(last.Value, out int count) && count < least)
                {
                    result.AddError($"{option.Name} is {count}, but must be at least {least}.");
                }
            });
        }
    }

    /// <summary>Rejects folders that don't exist; an omitted option is not checked.</summary>
    public static void ExistingFolder(params IEnumerable<Option<DirectoryInfo?>> options)
    {
        foreach (Option<DirectoryInfo?> option in options)
        {
            option!.AcceptExistingOnly();
        }
    }

    /// <summary>Rejects texts that contain a mistake.</summary>
    public static void Without(Func<string, string?> mistakeIn, Option<string> option) => option.Validators.Add(result =>
    {
        if (result.Tokens is [.., var last] && mistakeIn(last.Value) is string mistake)
        {
            result.AddError(mistake);
        }
    });
}
