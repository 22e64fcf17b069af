namespace MedR1.Rewards;

/// <summary>The paths from the root to the leaves of a validated tree.</summary>
internal sealed class TreePaths
{
    private readonly Dictionary<string, List<TreeStep[]>> _byDiagnosis = [];
    private readonly List<(string[] Words, string Diagnosis)> _answers = [];

    public TreePaths(TreeDocument document)
    {
        Walk(document, document.Root!, []);
        foreach (NodeDocument? node in document.Nodes!.Values.Where(node => node!.Diagnosis is not null))
        {
            foreach (string answer in Names(node!))
            {
                _answers.Add((Word.Phrase(answer), node!.Diagnosis!));
            }
        }
    }

    public IReadOnlyList<string> Diagnoses => [.. _byDiagnosis.Keys];

    public IReadOnlyList<TreeStep[]> To(string diagnosis) => _byDiagnosis[diagnosis];

    /// <summary>All names of a leaf's diagnosis.</summary>
    public static IEnumerable<string> Names(NodeDocument leaf) =>
        new[] { leaf.Diagnosis! }.Concat((leaf.Answers ?? []).OfType<string>());

    /// <summary>
    /// The only diagnosis that an answer names; null if it names none or several. A name that is part of a longer matching name
    /// does not count.
    /// </summary>
    public string? DiagnosisOf(string answer)
    {
        string[] words = Word.Phrase(answer);
        List<(int Start, int End, string Diagnosis)> hits = [];
        foreach ((string[] name, string diagnosis) in _answers)
        {
            for (int at = 0; at + name.Length <= words.Length; at++)
            {
                if (words.AsSpan(at, name.Length).SequenceEqual(name))
                {
                    hits.Add((at, at + name.Length, diagnosis));
                }
            }
        }

        string[] named = [.. hits
            .Where(hit => !hits.Any(other => other.Start <= hit.Start && other.End >= hit.End
                && other.End - other.Start > hit.End - hit.Start))
            .Select(hit => hit.Diagnosis).Distinct()];
        return named.Length == 1 ? named[0] : null;
    }

    private void Walk(TreeDocument document, string name, IReadOnlyList<TreeStep> path)
    {
        NodeDocument node = document.Nodes![name]!;
        if (node.Diagnosis is string diagnosis)
        {
            if (!_byDiagnosis.TryGetValue(diagnosis, out List<TreeStep[]>? paths))
            {
                _byDiagnosis.Add(diagnosis, paths = []);
            }

            paths.Add([.. path]);
            return;
        }

        foreach (BranchDocument? branch in node.Branches!)
        {
            Walk(document, branch!.To!, [.. path, new TreeStep(name, branch)]);
        }
    }
}
