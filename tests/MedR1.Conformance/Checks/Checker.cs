using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Compares the results of a kind with those expected by its case, and records failures and the largest error.</summary>
public sealed class Checker(ConformanceCase conformanceCase)
{
    private const int MostFailures = 12;
    private readonly List<string> _failures = [];
    private readonly HashSet<string> _compared = [];

    /// <summary>The failures as text: the field, the actual and the expected value.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>The number of failed comparisons; only the first are kept as text.</summary>
    public int FailureCount { get; private set; }

    /// <summary>The number of comparisons.</summary>
    public int Comparisons { get; private set; }

    /// <summary>The largest error as a share of its tolerance.</summary>
    public double LargestShare { get; private set; }

    /// <summary>Finds the tolerance of a field: by its name, else by the first of the other names, else the default, else exact.</summary>
    public Tolerance ToleranceOf(params ReadOnlySpan<string> fields)
    {
        if (conformanceCase.ToleranceElement is not JsonElement element)
        {
            return Tolerance.None;
        }

        if (Tolerance.IsSingle(element))
        {
            return Tolerance.Read(element);
        }

        foreach (string field in fields)
        {
            if (element.TryGetProperty(field, out JsonElement named) && Tolerance.IsSingle(named))
            {
                return Tolerance.Read(named);
            }
        }

        return element.TryGetProperty("default", out JsonElement other) ? Tolerance.Read(other) : Tolerance.None;
    }

    /// <summary>Compares numbers with a tensor or nested list of the case, under the tolerance of the field's name.</summary>
    public void Numbers(string field, GoldenTensor expected, ReadOnlySpan<double> got, Tolerance? tolerance = null)
    {
        Count(field);
        if (got.Length != expected.Values.Length)
        {
            Fail($"{field}: got {got.Length} values, expected {expected.Values.Length}");
            return;
        }

        Tolerance allowed = tolerance ?? ToleranceOf(field);
        double share = allowed.Share(got, expected.Values, out int worst);
        LargestShare = Math.Max(LargestShare, share);
        if (share > 1)
        {
            string what = allowed.RelativeL2 is null
                ? $"[{worst}] got {got[worst]:R}, expected {expected.Values[worst]:R}"
                : $"relative L2 distance above {allowed.RelativeL2:G3}";
            Fail($"{field}: {what} ({share:G3} of the tolerance)");
        }
    }

    /// <summary>Compares float32 numbers.</summary>
    public void Numbers(string field, GoldenTensor expected, ReadOnlySpan<float> got, Tolerance? tolerance = null)
    {
        double[] wide = new double[got.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = got[i];
        }

        Numbers(field, expected, wide, tolerance);
    }

    /// <summary>Compares one number.</summary>
    public void Number(string field, double expected, double got, Tolerance? tolerance = null) =>
        Numbers(field, new GoldenTensor([], "F64", [expected]), [got], tolerance ?? ToleranceOf(field));

    /// <summary>Compares values that must be equal.</summary>
    public void Equal<T>(string field, T expected, T got)
    {
        Count(field);
        if (!EqualityComparer<T>.Default.Equals(expected, got))
        {
            Fail($"{field}: got {Show(got)}, expected {Show(expected)}");
            LargestShare = double.PositiveInfinity;
        }
    }

    /// <summary>Compares lists that must be equal.</summary>
    public void SequenceEqual<T>(string field, IReadOnlyList<T> expected, IReadOnlyList<T> got)
    {
        Count(field);
        if (!expected.SequenceEqual(got))
        {
            int at = Enumerable.Range(0, Math.Min(expected.Count, got.Count))
                .FirstOrDefault(i => !EqualityComparer<T>.Default.Equals(expected[i], got[i]), Math.Min(expected.Count, got.Count));
            string left = at < got.Count ? Show(got[at]) : "the end";
            string right = at < expected.Count ? Show(expected[at]) : "the end";
            Fail($"{field}: at {at} got {left}, expected {right} (lengths {got.Count} and {expected.Count})");
            LargestShare = double.PositiveInfinity;
        }
    }

    /// <summary>
    /// Fails for each expected field that was never compared: for kinds that compare what the library reports as it computes, and
    /// would compare nothing if it reported nothing.
    /// </summary>
    public void RequireCompared(JsonElement expected)
    {
        foreach (JsonProperty field in expected.EnumerateObject().Where(field => !_compared.Contains(field.Name)))
        {
            Fail($"{field.Name}: expected, but never compared");
        }
    }

    /// <summary>Records a failure with a text of the kind.</summary>
    public void Fail(string message)
    {
        FailureCount++;
        if (_failures.Count < MostFailures)
        {
            _failures.Add(message);
        }
    }

    private void Count(string field)
    {
        Comparisons++;
        _compared.Add(field);
    }

    private static string Show<T>(T value) => value switch
    {
        null => "null",
        string text => JsonSerializer.Serialize(text.Length > 200 ? text[..200] + "…" : text),
        _ => value.ToString() ?? "",
    };
}
