namespace MedR1.Datasets;

internal sealed class OctLayersPainter : PhantomPainter
{
    private const int FewestLayers = 3;
    private static readonly string[] s_layers = ["3 layers", "4 layers", "5 layers", "6 layers"];
    private static readonly string[] s_fluid =
        ["No fluid pocket", "Fluid pocket on the left", "Fluid pocket in the middle", "Fluid pocket on the right"];
    private static readonly string[] s_surface = ["Flat surface", "Surface with a pit"];

    public override PhantomFamily Family => PhantomFamily.OctLayers;

    public override string Kind => "Layers";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int layers = random.Below(s_layers.Length);
        int fluid = random.Below(s_fluid.Length);
        int surface = random.Below(2);
        int top = random.Between(220, 300);
        int bottom = random.Between(780, 860);
        int count = layers + FewestLayers;
        canvas.Fill(PhantomColor.Gray(random.Between(10, 30)));
        int bright = random.Between(170, 200);
        for (int layer = 0; layer < count; layer++)
        {
            int from = top + (bottom - top) * layer / count;
            int to = top + (bottom - top) * (layer + 1) / count;
            canvas.Paint(
                PhantomColor.Gray(layer % 2 == 0 ? bright : bright - 80),
                (u, v) => v - Sag(u, surface) >= from && v - Sag(u, surface) < to);
        }

        if (fluid > 0)
        {
            int middle = (top + bottom) / 2 + 20;
            canvas.Ellipse(PhantomColor.Gray(12), 500 + (fluid - 2) * 280 + random.Between(-40, 40), middle, 110, 75);
        }

        return
        [
            Fact("phantom_oct_layers", QuestionType.AnatomyIdentification, s_layers, layers,
                "How many layers does this phantom have?", "Count the layers."),
            Fact("phantom_oct_fluid", QuestionType.DiseaseDiagnosis, s_fluid, fluid,
                "Is there a fluid pocket in the layers, and where?", "Where does a dark fluid pocket lie?"),
            Fact("phantom_oct_surface", QuestionType.OtherBiologicalAttributes, s_surface, surface,
                "What does the upper surface look like?", "Which shape has the surface of the layers?"),
        ];
    }

    // A pit pulls the layers down around the middle: a parabola of 110 thousandths, over 260 to each side.
    private static int Sag(int u, int surface)
    {
        int away = Math.Abs(u - 500);
        return surface == 0 || away >= 260 ? 0 : 110 - 110 * away * away / (260 * 260);
    }
}
