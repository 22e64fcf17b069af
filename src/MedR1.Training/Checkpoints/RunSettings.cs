using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedR1.Training;

/// <summary>
/// A run's settings by name, as stored in a checkpoint and read by people: an object has its kind under its own name, and its
/// properties after a dot.
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

    /// <summary>Adds a number, string, list or enum value.</summary>
    public static void Add(this Dictionary<string, string> settings, string name, object? value) =>
        Add(settings, name, JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), s_json));

    /// <summary>Adds values whose order is meaningless, sorted: a set may be ordered differently in each process.</summary>
    public static void AddSet<T>(this Dictionary<string, string> settings, string name, IEnumerable<T> values, IComparer<T> order) =>
        settings.Add(name, values.Distinct().Order(order).ToArray());

    /// <summary>
    /// Adds the size of a pass, which affects the rounding of the step's sums, the draws of dropout, and any loss that is a mean over each
    /// pass.
    /// </summary>
    public static void AddPass(this Dictionary<string, string> settings, string name, int size, int ofStep) =>
        settings.Add(name, size >= ofStep ? All : size);

    /// <summary>Adds an object that may be null, as its kind and its parts.</summary>
    public static void AddParts(this Dictionary<string, string> settings, string name, object? value, string kind)
    {
        settings[name] = value is null ? None : kind;
        settings.AddParts(name, value);
    }

    /// <summary>Adds the parts of an object; nothing if it is null.</summary>
    public static void AddParts(this Dictionary<string, string> settings, string name, object? value)
    {
        if (value is not null)
        {
            settings.Add(name, value);
        }
    }

    /// <summary>The option that a setting belongs to.</summary>
    public static string RootOf(string name) => name.Split('.')[0];

    /// <summary>The settings that a setting is a part of.</summary>
    public static IEnumerable<string> WholesOf(string name)
    {
        for (int end = name.LastIndexOf('.'); end > 0; end = name.LastIndexOf('.', end - 1))
        {
            yield return name[..end];
        }
    }

    /// <summary>
    /// A digest of the texts of the first, middle and last prompt; null if it can't be computed, since the run itself reports the cause
    /// better. Images count only by their number: their names change with their folder.
    /// </summary>
    public static string? DigestOf(int count, Func<int, VqaPrompt?> prompt)
    {
        // No platform-specific line breaks: the digest is the same on every system.
        StringBuilder text = new();
        try
        {
            foreach (int index in new[] { 0, count / 2, count - 1 }.Distinct())
            {
                foreach (ChatMessage message in prompt(index)?.Messages ?? [])
                {
                    text.Append(message.Role).Append(':')
                        .AppendJoin('|', message.Content.Select(part => part is TextPart own ? own.Text : "image")).Append('\n');
                }
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }

        return DigestOf(text.ToString());
    }

    /// <summary>A short digest of a text, the same on every system.</summary>
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
                // In a different run the object may be null.
                settings[part] = On;
            }

            Add(settings, part, property.Value);
        }
    }
}
