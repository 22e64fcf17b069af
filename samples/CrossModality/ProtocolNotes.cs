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
                + (family.Synthetic.Any() ? "Phantoms replace them." : "They are left out.");
        }

        foreach (DomainFamily family in families.Where(family => family.Synthetic.Any()))
        {
            yield return $"{string.Join(" and ", family.Synthetic.Select(domain => domain.Label))} are not medical images: a program "
                + "drew them, to run the protocol on all its modalities. The shipped models learnt other phantoms of the same "
                + "families, with the same questions and options, and about real images at most where training images were cut "
                + "from: their zero-shot scores on the synthetic domains repeat earlier practice and are not comparable with the rest. "
                + "Means leave out the synthetic domains; a separate table includes them. By question type there are no phantoms.";
        }

        if (settings.Domains.Count > 0)
        {
            yield return $"Only these domains were run: {string.Join(", ", settings.Domains)}.";
        }

        yield return settings.Steps is int steps
            ? $"Each training had {steps} optimizer steps; Med-R1's have one epoch. GRPO and SFT have the same number of steps, but not "
                + $"the same work: a step of GRPO has {settings.PromptsPerStep} questions × {settings.GroupSize} answers, one "
                + $"of SFT {settings.ExamplesPerStep} answers."
            : "Each training had one epoch, like Med-R1's.";
        if (settings.LargerCheckpoint is null)
        {
            yield return "There was no larger model (--larger), so the comparison has no row for one.";
        }

        if (settings.TestLimit is int limit)
        {
            yield return $"At most {limit} test questions per domain were asked, chosen by the seed: intervals are wide.";
        }

        yield return $"All methods use the prompt '{settings.Style.TestPrompt.Name}' and the scoring rule "
            + $"'{settings.Style.Rule.Name}', including zero-shot; Med-R1's scripts score zero-shot by another rule. SFT learns "
            + "only the answer; Med-R1's baseline also learnt the prompt and the word None.";
        yield return hasSplitFiles
            ? "Training and test questions are those of the split files. Med-R1's files are not disjoint by image."
            : "Questions were split here, 80 to 20, so that no image is in both parts.";
        yield return "One seed: differences of a few points between cells can be due to chance. The paired tests below say which are not.";
    }
}
