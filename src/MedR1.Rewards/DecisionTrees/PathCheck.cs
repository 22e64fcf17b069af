namespace MedR1.Rewards;

/// <summary>Compares the statements in a reasoning text with paths through a tree.</summary>
internal sealed class PathCheck(TreeDocument document, string reasoning, IReadOnlyList<Statement> statements)
{
    private const double OutOfOrderCredit = 0.5;
    private readonly ILookup<string, Statement> _byFinding = statements.ToLookup(statement => statement.Finding);

    public DecisionTreeReport Report(string diagnosis, IReadOnlyList<TreeStep> path)
    {
        (StepVerdict Verdict, Statement? Evidence)[] steps = [.. path.Select(step => Judge(step.Node, step.Branch))];
        if (document.Order != "any")
        {
            MarkOrder(steps);
        }

        DecisionStep[] reported = [.. path.Zip(steps, (step, judged) => new DecisionStep(
            step.Node,
            document.Nodes![step.Node]!.Question!,
            Require(step.Branch),
            judged.Verdict,
            Credit(judged.Verdict),
            judged.Evidence is Statement said ? reasoning[said.Start..said.End] : ""))];
        int asked = reported.Count(step => step.Verdict != StepVerdict.Assumed);

        // A path that requires no statement gets full credit.
        double score = asked == 0 ? 1 : Math.Max(0, reported.Sum(step => step.Credit) / asked);
        return new DecisionTreeReport(score, diagnosis, reported);
    }

    private static double Credit(StepVerdict verdict) => verdict switch
    {
        StepVerdict.Stated => 1,
        StepVerdict.OutOfOrder => OutOfOrderCredit,
        StepVerdict.Contradicted => -1,
        _ => 0,
    };

    private static string Require(BranchDocument branch) => branch.Otherwise ? "nothing else is stated"
        : $"{branch.Finding} is {(branch.Absent ? "absent" : "present")}";

    private (StepVerdict Verdict, Statement? Evidence) Judge(string node, BranchDocument branch)
    {
        // A stated finding that leads down a different branch of this node contradicts this branch.
        Statement? against = document.Nodes![node]!.Branches!
            .Where(other => other is { Otherwise: false, Absent: false } && other.Finding != branch.Finding)
            .SelectMany(other => _byFinding[other!.Finding!]).FirstOrDefault(said => said.Present);
        if (branch.Otherwise)
        {
            against ??= document.Nodes[node]!.Branches!.Where(other => other is { Absent: true })
                .SelectMany(other => _byFinding[other!.Finding!]).FirstOrDefault(said => !said.Present);
            return against is null ? (StepVerdict.Assumed, null) : (StepVerdict.Contradicted, against);
        }

        Statement? support = _byFinding[branch.Finding!].FirstOrDefault(said => said.Present != branch.Absent);
        against = _byFinding[branch.Finding!].FirstOrDefault(said => said.Present == branch.Absent) ?? against;
        return against is not null ? (StepVerdict.Contradicted, against)
            : support is not null ? (StepVerdict.Stated, support)
            : (StepVerdict.Unstated, null);
    }

    /// <summary>
    /// Marks statements as out of order that are not in the longest subsequence in the order of the steps. If a finding is stated
    /// several times, its first statement counts.
    /// </summary>
    private static void MarkOrder((StepVerdict Verdict, Statement? Evidence)[] steps)
    {
        int[] stated = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i].Verdict == StepVerdict.Stated)];
        int[] length = new int[stated.Length];
        int[] before = new int[stated.Length];
        int last = -1;
        for (int i = 0; i < stated.Length; i++)
        {
            (length[i], before[i]) = (1, -1);
            for (int j = 0; j < i; j++)
            {
                if (steps[stated[j]].Evidence!.Start <= steps[stated[i]].Evidence!.Start && length[j] + 1 > length[i])
                {
                    (length[i], before[i]) = (length[j] + 1, j);
                }
            }

            last = last < 0 || length[i] > length[last] ? i : last;
        }

        HashSet<int> inOrder = [];
        for (; last >= 0; last = before[last])
        {
            inOrder.Add(stated[last]);
        }

        foreach (int step in stated.Where(step => !inOrder.Contains(step)))
        {
            steps[step].Verdict = StepVerdict.OutOfOrder;
        }
    }
}
