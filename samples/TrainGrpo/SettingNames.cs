using System.Reflection;
using MedR1.Rewards;
using Microsoft.Extensions.Configuration;

namespace MedR1.Samples.TrainGrpo;

/// <summary>The valid names of settings. Binding alone would ignore a mistyped name.</summary>
internal static class SettingNames
{
    // "Moddality" and "Modality" have a similarity of 0.89, "Trainer" and "Train" of 0.71; below the threshold a suggestion is a guess.
    private const double Alike = 0.6;

    /// <summary>Describes each unknown name in a section, with the nearest valid one.</summary>
    /// <param name="section">The section.</param>
    /// <param name="type">The type that the section is bound to.</param>
    /// <param name="sections">Names of sections besides the properties.</param>
    public static IEnumerable<string> UnknownIn(IConfiguration section, Type type, params IEnumerable<string> sections)
    {
        string prefix = section is IConfigurationSection inner ? $"--{inner.Path}:" : "--";
        string[] known = [.. Of(type).Select(property => property.Name), .. sections];
        foreach (IConfigurationSection given in section.GetChildren())
        {
            if (known.Contains(given.Key, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            string nearest = known.MaxBy(name => Likeness(name, given.Key))!;
            yield return Likeness(nearest, given.Key) >= Alike
                ? $"There is no setting {prefix}{given.Key}; did you mean {prefix}{nearest}?"
                : $"There is no setting {prefix}{given.Key}; --help lists all.";
        }
    }

    /// <summary>The properties of a type that text can set: all except functions.</summary>
    public static IEnumerable<PropertyInfo> Of(Type type) => type.GetProperties()
        .Where(property => property.CanWrite && !property.PropertyType.IsAssignableTo(typeof(Delegate)));

    private static double Likeness(string one, string other) =>
        TextSimilarity.LevenshteinRatio(one.ToUpperInvariant(), other.ToUpperInvariant());
}
