namespace MedR1.Training;

/// <summary>
/// Options of a supervised run. The defaults are those of Med-R1's supervised baseline (its released configuration).
/// </summary>
public sealed class SftTrainerOptions : TrainerOptions
{
    /// <summary>Examples per optimizer step.</summary>
    /// <value>The default is 128.</value>
    public int ExamplesPerStep { get; set; } = 128;

    /// <summary>Examples per forward and backward pass; the gradients of a step accumulate over such passes.</summary>
    /// <value>The default is 4.</value>
    public int ExamplesPerMicroBatch { get; set; } = 4;

    /// <summary>
    /// Whether the examples of a step are sorted by length before they are split into passes, so that each pass has examples of similar
    /// lengths. The step's gradient is the same except for rounding and, with dropout, for what is dropped from each example.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool SortByLength { get; set; } = true;

    /// <inheritdoc/>
    /// <value>The default is 2e-5.</value>
    public override double LearningRate { get; set; } = 2e-5;

    /// <inheritdoc/>
    /// <value>The default is cosine to 0.</value>
    public override LearningRateDecay Schedule { get; set; } = LearningRateDecay.Cosine;

    /// <inheritdoc/>
    /// <value>The default is 0.1, a tenth of all steps.</value>
    public override double Warmup { get; set; } = 0.1;

    /// <summary>
    /// Whether the prompt's tokens are learnt too, including its image tokens, as in Med-R1's baseline and with TRL's message columns.
    /// </summary>
    /// <value>The default is <see langword="false"/>: only the answer is learnt.</value>
    public bool TrainOnPrompt { get; set; }

    /// <summary>Text after an answer's end token that is learnt too; a chat template puts a line break there.</summary>
    /// <value>The default is empty. <c>"\n"</c> is what TRL learns with Qwen2-VL's template.</value>
    public string TextAfterAnswer { get; set; } = "";

    internal override IReadOnlyList<string> MayBeLeftOut => [.. base.MayBeLeftOut, nameof(SortByLength)];

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.AddPass(nameof(ExamplesPerMicroBatch), ExamplesPerMicroBatch, ExamplesPerStep);
        settings.Add(nameof(TrainOnPrompt), TrainOnPrompt);
        settings.Add(nameof(TextAfterAnswer), TextAfterAnswer);
        return settings;
    }

    internal SftTrainerOptions Copy() => (SftTrainerOptions)MemberwiseClone();
}
