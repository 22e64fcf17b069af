using MedR1.Modeling;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class LoraPartTests
{
    [Theory]
    [InlineData("q_proj", true)]
    [InlineData("qkv", false)]
    public void The_base_is_asked_for_the_parts_of_its_parameters_alone(string target, bool leavesVision)
    {
        using Qwen2VLPolicy model = TinyModel.Create();
        using StrictPolicy policy = new(model);
        using LoraPolicy adapted = LoraPolicy.Create(policy, new LoraOptions { TargetModules = ModuleSelection.Of(target) }, 1);
        Assert.Equal(leavesVision, adapted.SharesVisionWith(policy));
    }

    /// <summary>Knows the parts of its parameters, and nothing else.</summary>
    private sealed class StrictPolicy(Qwen2VLPolicy policy) : DelegatingPolicy(policy), IAdaptablePolicy
    {
        public AdapterHost Adapters => policy.Adapters;

        public string ArchitectureName => policy.ArchitectureName;

        public string? SourceFolder => policy.SourceFolder;

        public override ModelPart PartOf(string parameterName) => Parameters.Any(pair => pair.Key == parameterName)
            ? base.PartOf(parameterName)
            : throw new ArgumentException($"'{parameterName}' is no parameter.", nameof(parameterName));

        public void Save(string folder, IReadOnlyDictionary<string, Tensor> replaced, CancellationToken cancellationToken = default) =>
            policy.Save(folder, replaced, cancellationToken);
    }
}
