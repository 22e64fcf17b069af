using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>The notes that a reader of the report needs before its numbers.</summary>
internal sealed class ProtocolNotes(ProtocolSettings settings, bool hasSplitFiles)
{
    public IEnumerable<string> For(IReadOnlyList<DomainFamily> families)
    {
        foreach (DomainFamily family in families.Where(family => family.Missing.Count > 0))
        {
            yield return $"By {family.Grouping}, this data has no questions for "
                + $"{string.Join(", ", family.Missing.Select(DomainLabels.Short))}. "
                + (family.Synthetic.Any() ? "Phantoms stand in for them." : "They are left out, not made up.");
        }

        foreach (DomainFamily family in families.Where(family => family.Synthetic.Any()))
        {
            yield return $"{string.Join(" and ", family.Synthetic.Select(domain => domain.Label))} are no medical pictures: a program "
                + "drew them, to run the protocol on all its modalities. The models that ship learnt other phantoms of these very "
                + "families, with the same questions and options, and of real pictures at most where training pictures were cut "
                + "from: their zero-shot on the synthetic ones is practice repeated, not comparable with the rest. Means leave the "
                + "synthetic domains out; a table of its own counts them too. By question type no phantom is asked.";
        }

        if (settings.Domains.Count > 0)
        {
            yield return $"Only these domains were run: {string.Join(", ", settings.Domains)}.";
        }

        yield return settings.Steps is int steps
            ? $"Each training had {steps} optimizer steps; Med-R1's have an epoch. GRPO and SFT have equally many steps, not "
                + $"equally much work: a step of GRPO is {settings.PromptsPerStep} questions × {settings.GroupSize} answers, one "
                + $"of SFT {settings.ExamplesPerStep} answers."
            : "Each training had one epoch, as Med-R1's.";
        if (settings.LargerCheckpoint is null)
        {
            yield return "There was no larger model (--larger), so the comparison has no line for one.";
        }

        if (settings.TestLimit is int limit)
        {
            yield return $"At most {limit} test questions of each domain were asked, chosen by the seed: intervals are wide.";
        }

        yield return $"All methods are asked by the prompt '{settings.Style.TestPrompt.Name}' and scored by the rule "
            + $"'{settings.Style.Rule.Name}', zero-shot too; Med-R1's own scripts score zero-shot by another rule. SFT learns the "
            + "answer alone; Med-R1's baseline also learnt the prompt and the word None.";
        yield return hasSplitFiles
            ? "Train and test are those of the split files. Med-R1's own files are not disjoint by picture."
            : "Questions were split here, 80 to 20, so that no picture is in both parts.";
        yield return "One seed: differences of a few points between cells can be luck. Paired tests below say which are not.";
    }
}
