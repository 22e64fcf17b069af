using System.Globalization;
using System.Text;
using System.Text.Json;
using MedR1.Rewards;

namespace MedR1.Conformance;

/// <summary>Python's white space, character classes, case mappings, string methods and regular expressions.</summary>
public sealed class PythonStripKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "python-strip";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) =>
        Part(conformanceCase) is null ? "unknown form of the items" : null;

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker) =>
        Part(conformanceCase)!(conformanceCase, checker);

    private static Action<ConformanceCase, Checker>? Part(ConformanceCase conformanceCase)
    {
        if (conformanceCase.Expected.TryGetProperty("w", out _))
        {
            return Classes;
        }

        if (!conformanceCase.Inputs.TryGetProperty("items", out JsonElement items) || items.GetArrayLength() == 0)
        {
            return null;
        }

        return conformanceCase.Inputs.TryGetProperty("columns", out _) ? Characters
            : items[0].TryGetProperty("pattern", out _) ? Expressions
            : items[0].TryGetProperty("text", out _) ? Strings
            : null;
    }

    private static void Characters(ConformanceCase conformanceCase, Checker checker)
    {
        string[] columns = CaseRows.Texts(conformanceCase.Expected.GetProperty("columns"));
        PythonRegex dot = new(".");
        PythonRegex word = new(@"\w");
        PythonRegex digit = new(@"\d");
        PythonRegex space = new(@"\s");
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            int value = int.Parse(input[0].GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string text = char.ConvertFromUtf32(value);
            Rune rune = new(value);
            for (int column = 0; column < columns.Length; column++)
            {
                bool got = columns[column] switch
                {
                    "isspace" => rune.IsBmp && PythonText.IsWhiteSpace((char)value),
                    "stripped" => PythonText.Strip(text).Length == 0,
                    "regex_s" => space.FullMatch(text) is not null,
                    "regex_dot" => dot.FullMatch(text) is not null,
                    "regex_w" => word.FullMatch(text) is not null,
                    "regex_d" => digit.FullMatch(text) is not null,
                    "isalnum" => PythonText.IsAlphanumeric(rune),
                    "splitlines_breaks" => PythonText.SplitLines($"a{text}b").Count > 1,
                    string other => throw new NotSupportedException($"Unknown column '{other}'."),
                };
                checker.Equal($"{name} U+{value:X4}.{columns[column]}", expected[column].GetBoolean(), got);
            }
        }
    }

    private static void Classes(ConformanceCase conformanceCase, Checker checker)
    {
        foreach (JsonProperty list in conformanceCase.Expected.EnumerateObject())
        {
            Func<Rune, bool>? isMember = list.Name switch
            {
                "w" => PythonText.IsWordCharacter,
                "d" => PythonText.IsDecimalDigit,
                "s" => rune => rune.IsBmp && PythonText.IsWhiteSpace((char)rune.Value),
                _ => null,
            };
            if (isMember is null)
            {
                continue;
            }

            HashSet<int> members = [.. list.Value.EnumerateArray().SelectMany(
                range => Enumerable.Range(range[0].GetInt32(), range[1].GetInt32() - range[0].GetInt32() + 1))];
            int[] different = [.. Enumerable.Range(0, 0x110000).Where(
                value => Rune.IsValid(value) && members.Contains(value) != isMember(new Rune(value)))];
            checker.Equal(
                $"{list.Name}: code points that differ", "",
                string.Join(' ', different.Take(10).Select(value => $"U+{value:X4}")));
        }
    }

    private static void Strings(ConformanceCase conformanceCase, Checker checker)
    {
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            string text = input.GetProperty("text").GetString()!;
            foreach (JsonProperty method in expected.EnumerateObject())
            {
                string field = $"{name}.{method.Name}";
                switch (method.Name)
                {
                    case "strip":
                        checker.Equal(field, method.Value.GetString(), PythonText.Strip(text));
                        break;
                    case "split":
                        checker.SequenceEqual(field, CaseRows.Texts(method.Value), PythonText.Split(text));
                        break;
                    case "splitlines":
                        checker.SequenceEqual(field, CaseRows.Texts(method.Value), PythonText.SplitLines(text));
                        break;
                    case "casefold":
                        checker.Equal(field, method.Value.GetString(), PythonText.CaseFold(text));
                        break;
                    case "lower":
                        checker.Equal(field, method.Value.GetString(), PythonText.ToLower(text));
                        break;
                    case "upper":
                        checker.Equal(field, method.Value.GetString(), PythonText.ToUpper(text));
                        break;
                    case "ignorecase_equals":
                        checker.SequenceEqual(field, CaseRows.Texts(method.Value), [.. "abcdefghijklmnopqrstuvwxyz"
                            .Select(letter => letter.ToString())
                            .Where(letter => new PythonRegex(letter, PythonRegexOptions.IgnoreCase)
                                .FullMatch(text) is not null)]);
                        break;
                    default:
                        checker.Fail($"{field}: this runner doesn't know the method");
                        break;
                }
            }
        }
    }

    private static void Expressions(ConformanceCase conformanceCase, Checker checker)
    {
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            PythonRegex expression =
                new(input.GetProperty("pattern").GetString()!, OptionsOf(input.GetProperty("flags")));
            string text = input.GetProperty("text").GetString()!;
            string function = input.GetProperty("function").GetString()!;
            PythonMatch? match = function switch
            {
                "search" => expression.Search(text),
                "fullmatch" => expression.FullMatch(text),
                _ => throw new NotSupportedException($"Unknown function '{function}'."),
            };
            string got = match is null ? "null"
                : $"[{match.Start}, {match.End}] {JsonSerializer.Serialize(match.Groups)}";
            string wanted = expected.ValueKind == JsonValueKind.Null ? "null"
                : $"[{expected.GetProperty("span")[0]}, {expected.GetProperty("span")[1]}] "
                    + JsonSerializer.Serialize(
                        expected.GetProperty("groups").EnumerateArray().Select(group => group.GetString()));
            checker.Equal($"{name} {expression.Pattern}", wanted, got);
        }
    }

    private static PythonRegexOptions OptionsOf(JsonElement flags) => flags.GetString()!
        .Split(['|', ' ', ','], StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(PythonRegexOptions.None, (options, flag) => options | flag switch
        {
            "DOTALL" => PythonRegexOptions.DotAll,
            "IGNORECASE" => PythonRegexOptions.IgnoreCase,
            "MULTILINE" => PythonRegexOptions.Multiline,
            _ => throw new NotSupportedException($"Unknown flag '{flag}'."),
        });
}
