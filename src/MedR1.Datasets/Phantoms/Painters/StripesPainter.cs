namespace MedR1.Datasets;

internal sealed class StripesPainter : PhantomPainter
{
    private const int FewestStripes = 2;
    private static readonly string[] s_directions =
        ["Horizontal stripes", "Vertical stripes", "Stripes rising to the right", "Stripes falling to the right"];
    private static readonly string[] s_counts = ["2 stripes", "3 stripes", "4 stripes", "5 stripes"];
    private static readonly string[] s_widths = ["Thin stripes", "Thick stripes"];

    public override PhantomFamily Family => PhantomFamily.Stripes;

    public override string Kind => "Stripes";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int direction = random.Below(s_directions.Length);
        int count = random.Below(s_counts.Length);
        int width = random.Below(2);
        canvas.Fill(PhantomColor.Gray(random.Between(25, 60)));
        int share = width == 0 ? random.Between(22, 28) : random.Between(58, 64);
        int stripes = count + FewestStripes;
        canvas.Paint(PhantomColor.Gray(random.Between(190, 230)), (u, v) =>
        {
            // The position along the stripes' normal. Diagonals use the middle half of their longer extent; corners would cut off
            // other stripes.
            int across = direction switch
            {
                0 => v,
                1 => u,
                2 => u + v - 500,
                _ => u - v + 500,
            };
            if (across is < 0 or >= PhantomCanvas.Side)
            {
                return false;
            }

            int inStripe = across * stripes % PhantomCanvas.Side;
            return Math.Abs(inStripe - 500) * 2 < share * 10;
        });
        return
        [
            Fact("phantom_stripe_direction", QuestionType.AnatomyIdentification, s_directions, direction,
                "How do the stripes run?", "Which direction do the stripes have?"),
            Fact("phantom_stripe_count", QuestionType.OtherBiologicalAttributes, s_counts, count,
                "How many stripes are there?", "Count the bright stripes."),
            Fact("phantom_stripe_width", QuestionType.LesionGrading, s_widths, width,
                "Are the stripes thin or thick?", "How wide are the stripes?"),
        ];
    }
}
