using MedR1.Rewards;

namespace MedR1.Samples.Comparison;

/// <summary>One way to improve the model, or to leave it unchanged.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Title">The name in the table.</param>
/// <param name="Form">The form that answers must have.</param>
internal sealed record Method(string Name, string Title, FormatStyle Form)
{
    public static Method ZeroShot { get; } = new("zero-shot", "zero-shot", FormatStyle.NoThink);

    public static Method Supervised { get; } = new("sft", "SFT", FormatStyle.NoThink);

    public static Method Grpo { get; } = new("grpo", "GRPO, no think", FormatStyle.NoThink);

    public static Method GrpoThink { get; } = new("grpo-think", "GRPO, think", FormatStyle.Think);

    /// <summary>The control: what GRPO reaches if it never sees an image.</summary>
    public static Method GrpoBlank { get; } = new("grpo-blank", "GRPO, blank images", FormatStyle.NoThink);

    public static Method Ppo { get; } = new("ppo", "PPO, no think", FormatStyle.NoThink);

    public static IReadOnlyList<Method> All { get; } = [ZeroShot, Supervised, Grpo, GrpoBlank, GrpoThink, Ppo];

    /// <summary>Whether the method trains; otherwise one seed suffices.</summary>
    public bool Trains => this != ZeroShot;

    /// <summary>Whether images are shown, both in training and in the test; otherwise blank ones.</summary>
    public bool SeesImages => this != GrpoBlank;

    /// <summary>Whether the model is asked to think first.</summary>
    public bool Thinks => Form == FormatStyle.Think;

    /// <summary>The prompt template, both in training and in the test.</summary>
    public IPromptTemplate Template => Thinks ? s_think : QuickStartPrompt.Template;

    /// <summary>
    /// The weight of the reward for the form: 0.2, or Med-R1's weight if the model should learn to think. The quick start has less,
    /// since its advantages divide by the mean reward.
    /// </summary>
    public double FormWeight => Thinks ? 1 : 0.2;

    /// <summary>The maximum number of tokens, with room for an answer and any thought before it.</summary>
    public int MaxNewTokens => Thinks ? 96 : 24;

    // Med-R1's form with the quick start's answer, an option's text: the small base can't look up letters. The base knows only the last
    // sentence.
    private static readonly IPromptTemplate s_think = new TextPromptTemplate(
        "quick-start-think",
        "{Question} Think in <think>...</think> tags, then answer in <answer>...</answer> tags. " + QuickStartPrompt.Instruction);
}
