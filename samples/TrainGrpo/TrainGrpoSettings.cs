using System.ComponentModel;
using MedR1.Training;
using Microsoft.Extensions.Configuration;

namespace MedR1.Samples.TrainGrpo;

/// <summary>
/// The settings of a run, from appsettings.json and the command line; the descriptions appear in <c>--help</c>. The section <c>Trainer</c>
/// next to them is bound to <see cref="GrpoTrainerOptions"/>.
/// </summary>
internal sealed record TrainGrpoSettings
{
    /// <summary>The section of the trainer's options.</summary>
    public const string Trainer = "Trainer";

    [Description("The folder of a Qwen2-VL or Qwen2.5-VL checkpoint.")]
    public string Checkpoint { get; init; } = "";

    [Description("The folder of OmniMedVQA as it is published: Images and QA_information.")]
    public string Data { get; init; } = "";

    [Description("Where checkpoints, measurements and the report go.")]
    public string Output { get; init; } = "runs/train-grpo";

    [Description("Whether a run that was broken off goes on from its latest checkpoint.")]
    public bool Resume { get; init; } = true;

    [Description("cpu, or cuda with an external libtorch.")]
    public string Device { get; init; } = "cpu";

    [Description("The modality to train on, as the data names it; empty for all.")]
    public string? Modality { get; init; }

    [Description("Whether the model thinks before it answers.")]
    public bool Think { get; init; } = true;

    [Description("The share of pictures whose questions are trained on; the others are for evaluation.")]
    public double TrainShare { get; init; } = 0.8;

    [Description("How many of the others are asked in an evaluation while training.")]
    public int EvaluationQuestions { get; init; } = 200;

    [Description("The weight of the divergence from the start (beta); 0 needs no reference and its memory.")]
    public double KlCoefficient { get; init; } = 0.04;

    [Description("The weight of the reward for the tags.")]
    public double FormatWeight { get; init; } = 1.0;

    /// <summary>Reads the settings and reports everything that is wrong with them.</summary>
    /// <exception cref="InvalidOperationException">Something is missing, unknown or out of range.</exception>
    public static TrainGrpoSettings Read(IConfiguration configuration)
    {
        List<string> mistakes =
        [
            .. SettingNames.UnknownIn(configuration, typeof(TrainGrpoSettings), Trainer),
            .. SettingNames.UnknownIn(configuration.GetSection(Trainer), typeof(GrpoTrainerOptions)),
        ];
        TrainGrpoSettings settings = configuration.Get<TrainGrpoSettings>() ?? new TrainGrpoSettings();
        if (!Directory.Exists(settings.Checkpoint))
        {
            mistakes.Add($"Checkpoint '{settings.Checkpoint}' is no folder: --Checkpoint checkpoints/Qwen2-VL-2B-Instruct");
        }

        if (!Directory.Exists(settings.Data))
        {
            mistakes.Add($"Data '{settings.Data}' is no folder: --Data data/OmniMedVQA");
        }

        if (settings.TrainShare is not (> 0 and < 1))
        {
            mistakes.Add($"TrainShare is {settings.TrainShare}, but both parts need pictures: --TrainShare 0.8");
        }

        if (settings.EvaluationQuestions < 1)
        {
            mistakes.Add($"EvaluationQuestions is {settings.EvaluationQuestions}, but must be at least 1: --EvaluationQuestions 200");
        }

        if (DeviceName.MistakeIn(settings.Device) is string device)
        {
            mistakes.Add(device);
        }

        return mistakes.Count == 0 ? settings : throw new InvalidOperationException(string.Join(Environment.NewLine, mistakes));
    }
}
