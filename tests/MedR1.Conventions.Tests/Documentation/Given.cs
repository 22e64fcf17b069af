using MedR1.Datasets;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using Microsoft.Extensions.AI;
using TorchSharp;

#pragma warning disable IDE1006, CA1708 // Named as in the documentation.

namespace MedR1.Conventions.Tests;

/// <summary>Declarations assumed by the code in the documentation. None of it is ever run.</summary>
public static class Given
{
    public static Qwen2VLPolicy policy => null!;

    public static IVqaDataset dataset => null!;

    public static IVqaDataset train => null!;

    public static IVqaDataset test => null!;

    public static VqaExample example => null!;

    public static VqaPrompt prompt => null!;

    public static IReadOnlyList<VqaPrompt> prompts => null!;

    public static Completion completion => null!;

    public static ISampler sampler => null!;

    public static GrpoTrainerBuilder builder => null!;

    public static IMetricSink progress => null!;

    public static LoraOptions options => null!;

    public static IImageSource image => null!;

    public static IChatClient chatClient => null!;

    public static IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> messages => null!;

    public static ChatResponse response => null!;

    public static TextWriter log => null!;

    public static torch.Tensor tensor => null!;

    public static torch.Tensor x => null!;

    public static torch.Tensor y => null!;

    public static torch.Tensor mask => null!;

    public static torch.Tensor current => null!;

    public static torch.Tensor old => null!;

    public static torch.Tensor scores => null!;

    public static torch.Tensor values => null!;

    public static torch.Tensor oldValues => null!;

    public static torch.Tensor oldLogProbabilities => null!;

    public static torch.Tensor referenceLogProbabilities => null!;

    public static torch.Tensor embedded => null!;

    public static IAdaptableLayer head => null!;

    public static RmsNormalization norm => null!;

    public static torch.Tensor logits => null!;

    public static DecodePattern pattern => null!;

    public static TorchSharp.Modules.Parameter parameter => null!;
}
