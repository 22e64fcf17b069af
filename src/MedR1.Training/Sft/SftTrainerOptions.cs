namespace MedR1.Training;

/// <summary>
/// How a supervised run goes. The defaults are those of Med-R1's supervised baseline (its released configuration).
/// </summary>
public sealed class SftTrainerOptions : TrainerOptions
{
    /// <summary>Examples behind one optimizer step.</summary>
    /// <value>The default is 128.</value>
    public int ExamplesPerStep { get; set; } = 128;

    /// <summary>
    /// Examples that one forward and backward pass takes; the gradients of a step add up over such passes.
    /// </summary>
    /// <value>The default is 4.</value>
    public int ExamplesPerMicroStep { get; set; } = 4;

    /// <summary>
    /// Whether the examples of a step are sorted by length before they are cut into passes, so that those of a pass are of like length.
    /// The step's gradient is the same but for rounding, and with dropout for what each example loses.
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
    /// Whether the prompt's tokens are learnt too, its image tokens included, as Med-R1's baseline and TRL's message
    /// columns do.
    /// </summary>
    /// <value>The default is <see langword="false"/>: the answer alone.</value>
    public bool WholeConversation { get; set; }

    /// <summary>
    /// Text behind the end token of an answer that is learnt too; a chat template writes a line break there.
    /// </summary>
    /// <value>The default is empty. <c>"\n"</c> is what TRL learns with Qwen2-VL's template.</value>
    public string TextBehindAnswer { get; set; } = "";

    internal override IReadOnlyList<string> MayBeLeftOut => [.. base.MayBeLeftOut, nameof(SortByLength)];

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.AddPass(nameof(ExamplesPerMicroStep), ExamplesPerMicroStep, ExamplesPerStep);
        settings.Add(nameof(WholeConversation), WholeConversation);
        settings.Add(nameof(TextBehindAnswer), TextBehindAnswer);
        return settings;
    }

    internal SftTrainerOptions Copy() => (SftTrainerOptions)MemberwiseClone();
}
