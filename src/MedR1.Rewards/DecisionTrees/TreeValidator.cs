namespace MedR1.Rewards;

/// <summary>Finds every mistake in the document of a decision tree.</summary>
internal sealed class TreeValidator
{
    private const int MostPaths = 10_000;
    private readonly TreeDocument _document;
    private readonly List<string> _problems = [];

    private TreeValidator(TreeDocument document) => _document = document;

    public static IReadOnlyList<string> Validate(TreeDocument document)
    {
        TreeValidator validator = new(document);
        validator.Run();
        return validator._problems;
    }

    private void Run()
    {
        Require(!string.IsNullOrWhiteSpace(_document.Name), "name is missing: give the tree's name.");
        Require(!string.IsNullOrWhiteSpace(_document.Source), "source is missing: cite where the facts come from.");
        Require(
            _document.Order is null or "path" or "any",
            $"order is '{_document.Order}': use 'path' (findings in the tree's order) or 'any'.");
        Require(_document.Findings is { Count: > 0 }, "findings is missing or empty.");
        Require(_document.Nodes is { Count: > 0 }, "nodes is missing or empty.");
        if (_document.Findings is not null)
        {
            new FindingValidator(_document.Findings, _problems).Run();
        }

        if (_document.Nodes is null)
        {
            return;
        }

        Require(_document.Root is not null && _document.Nodes.ContainsKey(_document.Root),
            $"root is '{_document.Root}', which is not a node: use one of {string.Join(", ", _document.Nodes.Keys)}.");
        foreach ((string name, NodeDocument? node) in _document.Nodes)
        {
            CheckNode(name, node);
        }

        CheckFindingsAreAsked();
        CheckDiagnoses();
        CheckReach();
    }

    private void Require(bool good, string problem)
    {
        if (!good)
        {
            _problems.Add(problem);
        }
    }

    private void CheckNode(string name, NodeDocument? node)
    {
        bool isQuestion = node?.Question is not null || node?.Branches is not null;
        if (!isQuestion)
        {
            Require(
                !string.IsNullOrWhiteSpace(node?.Diagnosis),
                $"node '{name}' is a leaf without a diagnosis: give it one, or a question with branches.");
            return;
        }

        Require(
            node!.Diagnosis is null && node.Answers is null,
            $"node '{name}' has a question and a diagnosis: move the diagnosis to a leaf.");
        Require(!string.IsNullOrWhiteSpace(node.Question), $"node '{name}' has branches but no question.");
        BranchDocument?[] branches = node.Branches ?? [];
        Require(
            branches.Length >= 2,
            $"node '{name}' has {branches.Length} branch(es): a question needs at least 2.");
        Require(
            branches.Count(branch => branch is { Otherwise: true }) <= 1,
            $"node '{name}' has several 'otherwise' branches: keep one.");
        for (int i = 0; i < branches.Length; i++)
        {
            CheckBranch($"branch {i + 1} of node '{name}'", branches[i]);
        }

        foreach (IGrouping<(string?, bool), BranchDocument?> twice in branches
            .Where(branch => branch?.Finding is not null)
            .GroupBy(branch => (branch!.Finding, branch.Absent)).Where(group => group.Count() > 1))
        {
            _problems.Add(
                $"node '{name}' has {twice.Count()} branches for '{twice.Key.Item1}' being "
                + $"{(twice.Key.Item2 ? "absent" : "present")}: keep one.");
        }

        CheckRanges(name, branches);
    }

    private void CheckBranch(string place, BranchDocument? branch)
    {
        if (branch is null)
        {
            _problems.Add($"{place} is null.");
            return;
        }

        Require(
            branch.Otherwise == branch.Finding is null,
            $"{place} has {(branch.Otherwise ? "both a finding and 'otherwise'" : "neither a finding nor 'otherwise'")}: "
            + "give one of them.");
        Require(!(branch.Otherwise && branch.Absent), $"{place} has both 'otherwise' and 'absent': 'absent' needs a finding.");
        Require(
            branch.Finding is null || _document.Findings is null || _document.Findings.ContainsKey(branch.Finding),
            $"{place} asks for the unknown finding '{branch.Finding}'.");
        Require(
            branch.To is not null && _document.Nodes!.ContainsKey(branch.To),
            $"{place} leads to the unknown node '{branch.To}'.");
    }

    private void CheckRanges(string name, BranchDocument?[] branches)
    {
        (string Finding, RangeDocument Range)[] ranges = [.. branches
            .Where(branch => branch?.Finding is not null && !branch.Absent)
            .Select(branch => branch!.Finding!)
            .Select(finding => (Finding: finding, Range: InBaseUnit(_document.Findings?.GetValueOrDefault(finding)?.Range)))
            .Where(pair => pair.Range is not null).Select(pair => (pair.Finding, pair.Range!))];
        for (int i = 0; i < ranges.Length; i++)
        {
            for (int j = i + 1; j < ranges.Length; j++)
            {
                Require(
                    ranges[i].Range.Unit != ranges[j].Range.Unit || !Overlap(ranges[i].Range, ranges[j].Range),
                    $"node '{name}': the ranges of '{ranges[i].Finding}' and '{ranges[j].Finding}' overlap, so "
                    + "one measurement would match both branches.");
            }
        }
    }

    private static RangeDocument? InBaseUnit(RangeDocument? range) =>
        range?.Unit is string name && NumericOptions.MedicalUnits.TryGetValue(name, out NumericUnit? unit)
            ? range with
            {
                Unit = unit.Dimension,
                AtLeast = range.AtLeast * unit.Factor,
                Above = range.Above * unit.Factor,
                AtMost = range.AtMost * unit.Factor,
                Below = range.Below * unit.Factor,
            }
            : null;

    // Two intervals overlap if they share a bound or a number just beside one, where the distance exceeds the rounding error of
    // unit conversion.
    private static bool Overlap(RangeDocument left, RangeDocument right)
    {
        double[] bounds = [.. new[] { left, right }
            .SelectMany(range => new[] { range.AtLeast, range.Above, range.AtMost, range.Below }).OfType<double>()];
        return bounds.Select(bound => (Bound: bound, Step: 1e-9 * Math.Abs(bound) + double.Epsilon))
            .SelectMany(near => new[] { near.Bound, near.Bound + near.Step, near.Bound - near.Step })
            .Any(value => left.Holds(value) && right.Holds(value));
    }

    private void CheckFindingsAreAsked()
    {
        HashSet<string> asked = [.. _document.Nodes!.Values.SelectMany(node => node?.Branches ?? [])
            .Select(branch => branch?.Finding).OfType<string>()];
        IEnumerable<string> findings = _document.Findings?.Keys ?? Enumerable.Empty<string>();
        foreach (string finding in findings.Where(name => !asked.Contains(name)))
        {
            _problems.Add($"finding '{finding}' is not used by any node: use it or remove it.");
        }
    }

    private void CheckDiagnoses()
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach ((string name, NodeDocument? leaf) in _document.Nodes!.Where(pair => pair.Value?.Diagnosis is not null))
        {
            foreach (string answer in TreePaths.Names(leaf!))
            {
                string key = string.Join(' ', Word.Phrase(answer));
                Require(key.Length > 0, $"node '{name}' has an answer that contains no word: '{answer}'.");
                Require(
                    !owners.TryGetValue(key, out string? owner) || owner == leaf!.Diagnosis,
                    $"'{answer}' means both the diagnosis '{owner}' and '{leaf!.Diagnosis}': an answer must mean only one.");
                owners.TryAdd(key, leaf!.Diagnosis!);
            }
        }
    }

    private void CheckReach()
    {
        if (_document.Root is null || !_document.Nodes!.ContainsKey(_document.Root))
        {
            return;
        }

        Dictionary<string, bool> isDone = [];
        Dictionary<string, double> paths = [];
        double Visit(string name, IReadOnlyList<string> way)
        {
            if (isDone.TryGetValue(name, out bool done))
            {
                Require(done, $"there is a cycle: {string.Join(" → ", way.SkipWhile(node => node != name))} → {name}.");
                return done ? paths[name] : 0;
            }

            isDone[name] = false;
            double count = 0;
            foreach (string next in (_document.Nodes![name]?.Branches ?? [])
                .Select(branch => branch?.To).OfType<string>().Where(_document.Nodes.ContainsKey))
            {
                count += Visit(next, [.. way, name]);
            }

            isDone[name] = true;
            return paths[name] = Math.Max(1, count);
        }

        Require(
            Visit(_document.Root, []) <= MostPaths,
            $"there are more than {MostPaths} paths from the root to the leaves: split the tree.");
        foreach (string lost in _document.Nodes!.Keys.Where(name => !isDone.ContainsKey(name)))
        {
            _problems.Add($"node '{lost}' can't be reached from the root: add a branch to it or remove it.");
        }
    }
}
