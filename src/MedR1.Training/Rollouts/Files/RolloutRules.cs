using System.Runtime.CompilerServices;

namespace MedR1.Training;

/// <summary>
/// Checks groups read from a file: a damaged one, or one of another model, would end the run later, in native code, or teach it nonsense.
/// </summary>
internal static class RolloutRules
{
    public const string Fix = "The file is damaged, or of another model: use a whole copy of it, or sample anew.";

    /// <exception cref="InvalidDataException">A group can't be learnt from by a model with this vocabulary.</exception>
    public static IReadOnlyList<GroupDocument> Require(string path, IReadOnlyList<GroupDocument> groups, int vocabularySize)
    {
        for (int index = 0; index < groups.Count; index++)
        {
            if (ProblemOf(groups[index], vocabularySize) is string problem)
            {
                throw Fault(path, $"in group {index} {problem}");
            }
        }

        return groups;
    }

    public static InvalidDataException Fault(string path, string problem) => new($"'{path}' can't be learnt from: {problem}. {Fix}");

    // A list may hold null although its type says that it doesn't.
    private static string? ProblemOf(GroupDocument? group, int vocabularySize) =>
        group is null ? "nothing is"
        : group.Completions.Count == 0 ? "no completion is"
        : group.Completions.Select((one, sample) => ProblemOf(one, vocabularySize) is string problem
            ? $"completion {sample} {problem}" : null).FirstOrDefault(problem => problem is not null);

    private static string? ProblemOf(CompletionDocument? completion, int vocabularySize)
    {
        if (completion is null)
        {
            return "is null";
        }

        IReadOnlyList<int> tokens = completion.TokenIds;
        int at = tokens.ToList().FindIndex(token => token < 0 || token >= vocabularySize);
        if (at >= 0)
        {
            return $"has token {tokens[at]} at {at}, expected 0 to {vocabularySize - 1}";
        }

        return double.IsFinite(completion.Advantage)
            ? Wrong(completion.LogProbabilities, mayBeNone: true) ?? Wrong(completion.ProcessedLogProbabilities, mayBeNone: true)
                ?? Wrong(completion.OldLogProbabilities, mayBeNone: true) ?? Wrong(completion.TokenAdvantages)
                ?? Wrong(completion.Values) ?? Wrong(completion.Returns)
            : $"has the advantage {completion.Advantage.ToText()}, expected a finite number";

        string? Wrong(
            IReadOnlyList<float>? numbers, bool mayBeNone = false,
            [CallerArgumentExpression(nameof(numbers))] string name = "") =>
            numbers is null || numbers.Count == tokens.Count || (mayBeNone && numbers.Count == 0)
                ? null : $"has {numbers.Count} {name.Split('.')[^1]} of {tokens.Count} tokens";
    }
}
