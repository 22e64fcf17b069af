namespace MedR1.EndToEnd.Tests;

/// <summary>The messages of TrainGrpo about settings that it doesn't have.</summary>
public sealed class TrainGrpoMistakeTests
{
    private static readonly string[] Given =
    [
        "--Checkpoint", Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base"),
        "--Data", Path.Combine(SampleProgram.Root, "data", "real-mini"),
    ];

    [Theory]
    [InlineData("--Moddality X-Ray", "There is no setting --Moddality; did you mean --Modality?")]
    [InlineData("--Trainer:MaxStep 3", "There is no setting --Trainer:MaxStep; did you mean --Trainer:MaxSteps?")]
    [InlineData("--Zebra 3", "There is no setting --Zebra; --help lists all.")]
    [InlineData("--Device gpu", "There is no device 'gpu': use cpu, cuda")]
    [InlineData("--Modality", "--Modality has no value.")]
    [InlineData("Modality CT", "'Modality' is not a setting")]
    public void TrainGrpo_refuses_unknown_settings(string arguments, string said) =>
        SampleProgram.Fail(SampleProgram.Mistaken, said, "TrainGrpo", [.. Given, .. arguments.Split(' ')]);

    [Fact]
    public void TrainGrpo_lists_the_modalities_if_none_has_the_name()
    {
        string said = SampleProgram.Fail(SampleProgram.Mistaken, "has the modality 'CT'", "TrainGrpo", [.. Given, "--Modality", "CT"]);
        Assert.Contains("--Modality \"CT(Computed Tomography)\" (", said);
        Assert.Contains("--Modality \"X-Ray\" (", said);
    }

    [Fact]
    public void TrainGrpo_lists_its_settings()
    {
        string help = SampleProgram.Run("TrainGrpo", "--help");
        Assert.Contains("--TrainFraction 0.8", help);
        Assert.Contains("--Trainer:GroupSize 8", help);
        Assert.DoesNotContain("IsFrozen", help);
    }
}
