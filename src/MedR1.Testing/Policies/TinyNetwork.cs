using MedR1.Modeling;

using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>A decoder of a few layers. B rows, T tokens, H width, V vocabulary.</summary>
internal sealed class TinyNetwork : nn.Module
{
    private readonly Parameter _tokens;
    private readonly Parameter _positions;
    private readonly Parameter _images;
    private readonly Parameter _head;
    private readonly ModuleList<TinyLayer> _layers;

    public TinyNetwork(TinyPolicyOptions options, int vocabularySize, Device device)
        : base(nameof(TinyNetwork))
    {
        using Generator generator = new((ulong)options.Seed, CPU);
        int hidden = HiddenSize = options.HiddenSize;
        Parameter Create(double scale, long[] size)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor values = randn(size, generator: generator).Times(scale).to(device);
            return new Parameter(values.DetachFromDisposeScope());
        }

        _tokens = Create(1, [vocabularySize, hidden]);
        _positions = Create(0.5, [options.ContextLength, hidden]);
        _images = Create(1, [hidden, TinyProcessor.ImageValueCount]);
        _layers = new ModuleList<TinyLayer>(
            [.. Enumerable.Range(0, options.LayerCount).Select(_ => new TinyLayer(hidden, options.HeadCount, Create))]);
        _head = Create(options.HeadScale / Math.Sqrt(hidden), [vocabularySize, hidden]);
        RegisterComponents();
    }

    /// <summary>H.</summary>
    public int HiddenSize { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<TinyLayer> Layers => [.. _layers];

    /// <summary>Layer norm over the last axis, without gain.</summary>
    public static Tensor Normalize(Tensor hidden) => nn.functional.layer_norm(hidden, [hidden.shape[^1]]);

    /// <summary>Features <c>[images, H]</c>; null if there are no images.</summary>
    public Tensor? EncodeImages(IReadOnlyList<EncodedImage> images)
    {
        if (images.Count == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        return cat([.. images.Select(Encode)], 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Hidden states <c>[1, T, H]</c> of the tokens from a position on, with features in place of the image tokens.
    /// </summary>
    public Tensor Embed(IReadOnlyList<int> tokenIds, int firstPosition, Tensor? features)
    {
        Tensor ids_T = tensor(tokenIds.Select(id => (long)id).ToArray(), device: _tokens.device);
        Tensor hidden_TH = _tokens.index_select(0, ids_T);
        if (features is not null)
        {
            hidden_TH = hidden_TH.masked_scatter(ids_T.EqualTo(ByteTokenizer.ImageTokenId).unsqueeze(1), features);
        }

        return hidden_TH.Plus(_positions.narrow(0, firstPosition, tokenIds.Count)).unsqueeze(0);
    }

    /// <summary>Hidden states <c>[B, 1, H]</c> of one token per row at its position, both <c>[B]</c>.</summary>
    public Tensor Embed(Tensor tokenIds, Tensor positions) =>
        _tokens.index_select(0, tokenIds).Plus(_positions.index_select(0, positions)).unsqueeze(1);

    /// <summary>Hidden states <c>[B, T, H]</c> after all layers; padding must be on the right.</summary>
    /// <param name="hidden_BTH">Embeddings.</param>
    /// <param name="visit">Receives each layer's keys and values.</param>
    public Tensor Run(Tensor hidden_BTH, Action<int, Tensor, Tensor>? visit = null)
    {
        for (int i = 0; i < _layers.Count; i++)
        {
            (Tensor query, Tensor key, Tensor value) = _layers[i].Project(hidden_BTH);
            visit?.Invoke(i, key, value);
            hidden_BTH = _layers[i].Finish(
                hidden_BTH, nn.functional.scaled_dot_product_attention(query, key, value, is_casual: true));
        }

        return hidden_BTH;
    }

    /// <summary>Logits of hidden states.</summary>
    public Tensor Head(Tensor hidden) => nn.functional.linear(Normalize(hidden), _head);

    // One image at a time: its features can't depend on the others.
    private Tensor Encode(EncodedImage image)
    {
        // A tensor made from an array shares the array's memory, and matrix products round differently depending on its alignment, which
        // changes from call to call. The copy is aligned.
        using Tensor borrowed = tensor(image.Patches.ToArray(), [1, TinyProcessor.ImageValueCount], device: _images.device);
        using Tensor values_1C = borrowed.clone();
        return nn.functional.linear(values_1C, _images);
    }
}
