using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedR1.Training;

/// <summary>
/// Settings of a run by name, as a checkpoint holds them and a person reads them: one that is an object has its kind under its own
/// name, and its properties behind a dot.
/// </summary>
internal static class RunSettings
{
    public const string None = "none";
    public const string On = "on";
    public const string All = "all";

    private static readonly JsonSerializerOptions s_json = new()
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Adds a number, text, list or choice.</summary>
    public static void Add(this Dictionary<string, string> settings, string name, object? value) =>
        Add(settings, name, JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), s_json));

    /// <summary>Adds a list whose order means nothing: that of a set may be another one in each process.</summary>
    public static void AddSet<T>(this Dictionary<string, string> settings, string name, IEnumerable<T> values, IComparer<T> order) =>
        settings.Add(name, values.Distinct().Order(order).ToArray());

    /// <summary>
    /// Adds the size of a pass: another one rounds the step's sums otherwise, draws another dropout, and is another loss where it is one of
    /// means over a pass.
    /// </summary>
    public static void AddPass(this Dictionary<string, string> settings, string name, int size, int ofStep) =>
        settings.Add(name, size >= ofStep ? All : size);

    /// <summary>Adds an object that may be missing, as its kind and what it consists of.</summary>
    public static void AddParts(this Dictionary<string, string> settings, string name, object? value, string kind)
    {
        settings[name] = value is null ? None : kind;
        settings.AddParts(name, value);
    }

    /// <summary>Adds what an object consists of, and nothing where it is missing.</summary>
    public static void AddParts(this Dictionary<string, string> settings, string name, object? value)
    {
        if (value is not null)
        {
            settings.Add(name, value);
        }
    }

    /// <summary>The option that a setting belongs to.</summary>
    public static string RootOf(string name) => name.Split('.')[0];

    /// <summary>The settings that one is a part of.</summary>
    public static IEnumerable<string> WholesOf(string name)
    {
        for (int end = name.LastIndexOf('.'); end > 0; end = name.LastIndexOf('.', end - 1))
        {
            yield return name[..end];
        }
    }

    /// <summary>
    /// A short name for the texts of prompts, by the first, middle and last of them; null where one can't be made, which the
    /// run says better. Pictures count by their number: their names change with the folder that they are in.
    /// </summary>
    public static string? DigestOf(int count, Func<int, VqaPrompt?> prompt)
    {
        // The same on every system: no line break of its own.
        StringBuilder text = new();
        try
        {
            foreach (int index in new[] { 0, count / 2, count - 1 }.Distinct())
            {
                foreach (ChatMessage message in prompt(index)?.Messages ?? [])
                {
                    text.Append(message.Role).Append(':')
                        .AppendJoin('|', message.Content.Select(part => part is TextPart own ? own.Text : "picture")).Append('\n');
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }

        return DigestOf(text.ToString());
    }

    /// <summary>A short name for a text, the same on every system.</summary>
    public static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static void Add(Dictionary<string, string> settings, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            settings[name] = value.ValueKind switch
            {
                JsonValueKind.Null => None,
                JsonValueKind.String => value.GetString()!,
                _ => value.GetRawText(),
            };
            return;
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            string part = $"{name}.{property.Name}";
            if (property.Value.ValueKind == JsonValueKind.Object)
            {
                // It may be missing in another run.
                settings[part] = On;
            }

            Add(settings, part, property.Value);
        }
    }
}
