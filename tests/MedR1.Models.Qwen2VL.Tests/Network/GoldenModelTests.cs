using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>
/// A model whose weights and images are given by formulas. Two independent float64 implementations of the reference's
/// semantics (one in NumPy, one with PyTorch operators; gradients from PyTorch's autograd) agree on the values to 4e-15.
/// </summary>
public sealed class GoldenModelTests
{
    private const int Start = 52;
    private const int End = 53;
    private const int Image = 55;

    private static readonly int[] _forbidden = [43, 45, 52, 53, 55, 56];
    private static readonly int[][] _greedy = [[1, 63, 2, 48, 24, 10], [25, 25, 25, 25, 25, 25]];

    [Fact]
    public void Weights_follow_the_formula()
    {
        using Qwen2VLNetwork network = Network();
        Dictionary<string, Parameter> parameters =
            Qwen2VLPolicy.ParametersOf(network).ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal(58, parameters.Count);
        TinyModel.Near([0.007101f, 0.090041f, -0.058519f, -0.031694f],
            parameters["visual.patch_embed.proj.weight"].Values()[..4], 1e-6);
        TinyModel.Near([-0.785811f, -0.894068f, 0.833315f, -0.808012f],
            parameters["model.embed_tokens.weight"].Values()[..4], 1e-6);
        TinyModel.Near([-0.112195f, 0.086283f, 0.141657f, 0.013588f], parameters["lm_head.weight"].Values()[..4], 1e-6);
    }

    [Fact]
    public void Positions_equal_those_of_the_worked_example()
    {
        SequenceBatch batch = new(Qwen2VLLayout.Of(_configuration), [Prompts()[0]]);
        using Tensor positions = batch.Positions(CPU);
        float[] time = [0, 1, 2, 3, 3, 3, 3, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 8, 12, 13, 14];
        float[] height = [0, 1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 8, 8, 9, 9, 9, 9, 12, 13, 14];
        float[] width = [0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9, 10, 11, 8, 9, 10, 11, 12, 13, 14];
        Assert.Equal([.. time, .. height, .. width], positions.Values());
        Assert.Equal([15, 6], new SequenceBatch(Qwen2VLLayout.Of(_configuration), Prompts()).NextPositions);
    }

    [Fact]
    public void Vision_tower_and_decoder_give_the_golden_values()
    {
        using Qwen2VLNetwork network = Network();
        var runner = new Qwen2VLRunner(_configuration, network, CPU, ScalarType.Float32, new AdapterHost(network.AdaptableModules));
        EncodedPrompt[] prompts = Prompts();
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor features = runner.Images.Encode(prompts)!;
        TinyModel.Near([0.508542f, -0.180074f, -0.245711f, 0.116917f, 0.766893f], features[0].Values()[..5], 2e-6);
        TinyModel.Near([-0.015254f, -0.507661f, -0.150386f, 0.348523f, 0.897845f], features[15].Values()[..5], 2e-6);

        SequenceBatch batch = new(Qwen2VLLayout.Of(_configuration), prompts);
        Tensor hidden = runner.Hidden(prompts, batch, null);
        TinyModel.Near([0.62207f, 0.060883f, -1.148441f, 0.708641f, -0.02314f], hidden[20].Values()[..5], 5e-6);
        TinyModel.Near([-0.085473f, 0.937948f, 0.595663f, 0.403472f, -1.45012f], hidden[21 + 7].Values()[..5], 5e-6);
        Tensor logits = network.Logits(hidden);
        TinyModel.Near(
            [-0.308554f, 1.975553f, -0.038142f, 0.617222f, -1.034216f, 0.983002f], logits[20].Values()[..6], 5e-6);
        TinyModel.Near(
            [0.709118f, -0.630126f, 0.393111f, 0.025982f, -0.687998f, -0.784645f], logits[21 + 7].Values()[..6], 5e-6);
    }

    [Fact]
    public void Greedy_continuation_is_the_golden_one()
    {
        using Qwen2VLNetwork network = Network();
        var runner = new Qwen2VLRunner(_configuration, network, CPU, ScalarType.Float32, new AdapterHost(network.AdaptableModules));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var cache = new SlotKeyValueCache(2, 2, 12, 2, 2, 21, 6, CPU, ScalarType.Float32);
        Tensor logits = runner.Prefill(Prompts(), [0, 1], cache, null);
        for (int step = 0; step < 6; step++)
        {
            Tensor chosen = logits.index_fill(-1, tensor(_forbidden.Select(id => (long)id).ToArray()),
                float.NegativeInfinity).argmax(-1);
            Assert.Equal([_greedy[0][step], _greedy[1][step]], chosen.data<long>().ToArray());
            if (step < 5)
                logits = runner.Decode(chosen, [new DecodeRow(0, 0, step), new DecodeRow(1, 1, step)], cache);
        }
    }

    [Fact]
    public void Loss_and_gradients_are_the_golden_ones()
    {
        using Qwen2VLNetwork network = Network();
        var runner = new Qwen2VLRunner(_configuration, network, CPU, ScalarType.Float32, new AdapterHost(network.AdaptableModules));
        EncodedPrompt[] prompts = Prompts();
        using DisposeScope scope = NewDisposeScope();
        TokenStatistics statistics = runner.Score(
            [new PackedGroup(prompts[0], [_greedy[0]]), new PackedGroup(prompts[1], [_greedy[1]])],
            new TokenStatisticsOptions());
        TinyModel.Near(
            [
                -2.670459f, -2.37476f, -2.186994f, -2.520104f, -2.395399f, -2.814663f,
                -2.465843f, -2.001664f, -2.1407f, -2.310176f, -2.539259f, -2.759136f,
            ], statistics.LogProbabilities.Values(), 3e-6);
        Tensor loss = -statistics.LogProbabilities.mean();
        Assert.Equal(2.43159641, loss.item<float>(), 2e-6);
        loss.backward();

        Dictionary<string, Tensor> gradients = Qwen2VLPolicy.ParametersOf(network)
            .ToDictionary(entry => entry.Key, entry => entry.Value.grad!);
        Near("visual.patch_embed.proj.weight", 2.1542787, 0.07632825);
        Near("visual.blocks.0.norm1.weight", 0.0840181, -0.02655606);
        Near("visual.blocks.0.attn.qkv.weight", 0.4534618, 0.01951874);
        Near("visual.blocks.1.mlp.fc2.bias", 0.1525753, -0.03363978);
        Near("visual.merger.ln_q.weight", 0.1584661, -0.05424423);
        Near("visual.merger.mlp.0.weight", 2.0256754, -0.00716792);
        Near("visual.merger.mlp.2.bias", 0.4547435, -0.0457278);
        Near("model.embed_tokens.weight", 0.8051895, 0);
        Near("model.layers.0.self_attn.q_proj.weight", 0.8592976, -0.00696092);
        Near("model.layers.0.self_attn.k_proj.bias", 0.0392071, -0.0238483);
        Near("model.layers.1.mlp.down_proj.weight", 1.2727387, -0.0133715);
        Near("model.layers.0.input_layernorm.weight", 0.2565013, -0.00342471);
        Near("model.norm.weight", 0.407211, 0.01019352);
        Near("lm_head.weight", 2.9265058, 0.00026188);
        double global = Math.Sqrt(gradients.Values.Sum(gradient => Math.Pow(Norm(gradient), 2)));
        Assert.Equal(7.381028456936, global, 7e-5);
        Assert.All(gradients["model.embed_tokens.weight"][Image].Values(), value => Assert.Equal(0, value));

        void Near(string name, double norm, double first)
        {
            Assert.Equal(norm, Norm(gradients[name]), 1e-5 * norm + 1e-7);
            Assert.Equal(first, gradients[name].Values()[0], 1e-5 * norm + 1e-7);
        }

        static double Norm(Tensor gradient) => gradient.to(ScalarType.Float64).norm().item<double>();
    }

    private static readonly Qwen2VLConfiguration _configuration = new()
    {
        Family = Qwen2VLFamily.Qwen2VL,
        TieWordEmbeddings = false,
        ImageTokenId = Image,
        VideoTokenId = 56,
        VisionStartTokenId = Start,
        VisionEndTokenId = End,
        Text = new Qwen2VLTextConfiguration
        {
            VocabularySize = 64,
            HiddenSize = 48,
            IntermediateSize = 64,
            LayerCount = 2,
            HeadCount = 4,
            KeyValueHeadCount = 2,
            RotarySections = [2, 1, 3],
        },
        Vision = new Qwen2VLVisionConfiguration
        {
            Depth = 2,
            Width = 32,
            HeadCount = 2,
            MlpWidth = 128,
            OutputSize = 48,
            PatchSize = 4,
            Activation = "quick_gelu",
        },
    };

    private static EncodedPrompt[] Prompts()
    {
        EncodedImage a = FormulaImage(16, 16, 0);
        EncodedImage b = FormulaImage(16, 32, 0);
        EncodedImage c = FormulaImage(16, 16, 50);
        int[] four = [.. Enumerable.Repeat(Image, 4)];
        return
        [
            new EncodedPrompt([5, 6, Start, .. four, End, 7, Start, .. four, .. four, End, 8, 9], [a, b]),
            new EncodedPrompt([10, Start, .. four, End, 11], [c]),
        ];
    }

    private static EncodedImage FormulaImage(int height, int width, int offset)
    {
        byte[] pixels = new byte[height * width * 3];
        for (int index = 0; index < pixels.Length; index++)
        {
            (int x, int y, int channel) = (index / 3 % width, index / 3 / width, index % 3);
            pixels[index] = (byte)(7 * y + 13 * x + 29 * channel + x * y % 31 + offset);
        }

        var configuration = new ImageProcessorConfiguration { PatchSize = 4, Resizes = false };
        return new ImageProcessor(configuration).Process(new RgbImage(width, height, pixels));
    }

    private static Qwen2VLNetwork Network()
    {
        var network = new Qwen2VLNetwork(_configuration, CPU, ScalarType.Float32);
        Dictionary<string, Parameter> parameters =
            Qwen2VLPolicy.ParametersOf(network).ToDictionary(entry => entry.Key, entry => entry.Value);
        uint ordinal = 0;
        using IDisposable noGradient = no_grad();
        foreach (string name in Names())
        {
            Parameter parameter = parameters[name];
            float[] values = Values(name, parameter.shape, ordinal++);
            using Tensor made = tensor(values, parameter.shape);
            parameter.copy_(made);
        }

        return network;
    }

    private static IEnumerable<string> Names()
    {
        string[] block =
        [
            "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias", "attn.qkv.weight", "attn.qkv.bias",
                "attn.proj.weight",
            "attn.proj.bias", "mlp.fc1.weight", "mlp.fc1.bias", "mlp.fc2.weight", "mlp.fc2.bias",
        ];
        string[] layer =
        [
            "self_attn.q_proj.weight", "self_attn.q_proj.bias", "self_attn.k_proj.weight", "self_attn.k_proj.bias",
            "self_attn.v_proj.weight", "self_attn.v_proj.bias", "self_attn.o_proj.weight", "mlp.gate_proj.weight",
            "mlp.up_proj.weight", "mlp.down_proj.weight", "input_layernorm.weight", "post_attention_layernorm.weight",
        ];
        return
        [
            "visual.patch_embed.proj.weight",
            .. Enumerable.Range(0, 2).SelectMany(index => block.Select(name => $"visual.blocks.{index}.{name}")),
            "visual.merger.ln_q.weight", "visual.merger.ln_q.bias", "visual.merger.mlp.0.weight",
            "visual.merger.mlp.0.bias",
            "visual.merger.mlp.2.weight", "visual.merger.mlp.2.bias", "model.embed_tokens.weight",
            .. Enumerable.Range(0, 2).SelectMany(index => layer.Select(name => $"model.layers.{index}.{name}")),
            "model.norm.weight", "lm_head.weight",
        ];
    }

    private static float[] Values(string name, long[] shape, uint ordinal)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        long fanIn = count / shape[0];
        float[] values = new float[count];
        for (uint index = 0; index < values.Length; index++)
        {
            uint x = unchecked(index * 2654435761 + ordinal * 40503 + 1);
            x ^= x >> 15;
            x = unchecked(x * 2246822519);
            x ^= x >> 13;
            double u = x / 4294967296.0 - 0.5;
            values[index] = (float)(name switch
            {
                "model.embed_tokens.weight" => 2 * u,
                _ when name.EndsWith("bias", StringComparison.Ordinal) => 0.2 * u,
                _ when shape.Length == 1 => 1 + 0.2 * u,
                _ => u * 3 / Math.Sqrt(fanIn),
            });
        }

        return values;
    }
}
