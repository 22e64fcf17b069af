namespace MedR1.Datasets;

/// <summary>Creates an example from one item of OmniMedVQA's raw files.</summary>
internal static class OmniMedVqaItem
{
    private static readonly string[] s_optionFields = ["option_A", "option_B", "option_C", "option_D"];

    /// <summary>
    /// The example, or null if the answer is not among the options and <paramref name="skipUnmatchedAnswers"/> is true.
    /// </summary>
    public static VqaExample? Read(JsonItem item, string root, string access, bool skipUnmatchedAnswers)
    {
        string[] options = Options(item);
        string gold = item.Text("gt_answer");
        if (AnswerMatcher.Find(options, gold) is not int answerIndex)
        {
            return skipUnmatchedAnswers
                ? null
                : throw item.Fault(
                    "gt_answer",
                    $"'{gold}' is none of the options {string.Join(" | ", options)}. Fix the item, or set "
                    + "SkipUnmatchedAnswers.");
        }

        string imagePath = item.RelativePath("image_path");
        return new VqaExample
        {
            Id = item.Text("question_id"),
            Question = item.Text("question"),
            Options = options,
            Answer = options[answerIndex],
            AnswerIndex = answerIndex,
            Images = [new FileImageSource(Path.Combine(root, imagePath))],
            Modality = new ImagingModality(ModalityOf(item)),
            QuestionType = new QuestionType(item.Text("question_type")),
            Dataset = item.Text("dataset"),
            Metadata = new Dictionary<string, string>(3)
            {
                ["image_path"] = imagePath,
                ["access"] = access,
                ["gt_answer"] = gold,
            },
        };
    }

    private static string[] Options(JsonItem item)
    {
        // Empty options are dropped: they can't be chosen, and would make the chance level look lower.
        string?[] texts =
        [
            .. s_optionFields.Select(item.OptionalText).Select(text => string.IsNullOrWhiteSpace(text) ? null : text),
        ];
        int count = Array.FindLastIndex(texts, text => text is not null) + 1;
        int gap = Array.IndexOf(texts, null, 0, count);
        if (gap >= 0)
        {
            throw item.Fault(s_optionFields[gap], "missing, but a later option exists: letters would be wrong.");
        }

        return count >= 2
            ? [.. texts.Take(count).OfType<string>()]
            : throw item.Fault("option_B", "missing. A multiple-choice question needs 2 options.");
    }

    // One item of Chest CT Scan.json has the key 'modality' instead.
    private static string ModalityOf(JsonItem item) =>
        item.OptionalText("modality_type") ?? item.OptionalText("modality") ?? item.Text("modality_type");
}
