using Microsoft.Extensions.Configuration;

namespace MedR1.Samples.TrainGrpo;

/// <summary>
/// What a run takes, from appsettings.json and the command line. The section <c>Trainer</c> beside it is bound to
/// <see cref="MedR1.Training.GrpoTrainerOptions"/>, whichever of them it names.
/// </summary>
internal sealed record TrainGrpoSettings
{
    /// <summary>The folder of a Qwen2-VL or Qwen2.5-VL checkpoint.</summary>
    public string Checkpoint { get; init; } = "";

    /// <summary>The folder of OmniMedVQA as it is published: Images and QA_information.</summary>
    public string Data { get; init; } = "";

    /// <summary>Where checkpoints, measurements and the report go.</summary>
    public string Output { get; init; } = "runs/train-grpo";

    /// <summary>Whether a run that was broken off goes on from its latest checkpoint.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>cpu, or cuda with an external libtorch.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The modality to train on, as OmniMedVQA names it; empty for all.</summary>
    public string? Modality { get; init; }

    /// <summary>Whether the model thinks before it answers.</summary>
    public bool Think { get; init; } = true;

    /// <summary>The share of pictures whose questions are trained on; the others are for evaluation.</summary>
    public double TrainShare { get; init; } = 0.8;

    /// <summary>How many of the others are asked in an evaluation while training.</summary>
    public int EvaluationQuestions { get; init; } = 200;

    /// <summary>The weight of the divergence from the start (beta); 0 needs no reference and its memory.</summary>
    public double KlCoefficient { get; init; } = 0.04;

    /// <summary>The weight of the reward for the tags.</summary>
    public double FormatWeight { get; init; } = 1.0;

    /// <summary>Reads the settings and says everything that is missing.</summary>
    /// <exception cref="InvalidOperationException">Something is missing.</exception>
    public static TrainGrpoSettings Read(IConfiguration configuration)
    {
        TrainGrpoSettings settings = configuration.Get<TrainGrpoSettings>() ?? new TrainGrpoSettings();
        List<string> missing = [];
        if (!Directory.Exists(settings.Checkpoint))
        {
            missing.Add($"Checkpoint '{settings.Checkpoint}' is no folder: --Checkpoint checkpoints/Qwen2-VL-2B-Instruct");
        }

        if (!Directory.Exists(settings.Data))
        {
            missing.Add($"Data '{settings.Data}' is no folder: --Data data/OmniMedVQA");
        }

        if (settings.TrainShare is not (> 0 and < 1))
        {
            missing.Add($"TrainShare is {settings.TrainShare}, but both parts need pictures: --TrainShare 0.8");
        }

        return missing.Count == 0 ? settings : throw new InvalidOperationException(string.Join(Environment.NewLine, missing));
    }
}
